package hub.provider.files;

import hub.http.HeaderNames;
import hub.http.problem.Problem;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Answers when S3 has the file but a condition forbids to send it: 304 when the client's copy is
 * current, 412 when the version differs from {@code If-Match}, 416 when the range begins after the
 * end. Thread-safe.
 */
final class ConditionNotMet implements Processor {
  private static final Pattern SIZE =
      Pattern.compile("<ActualObjectSize>(\\d{1,19})</ActualObjectSize>");

  @Override
  public void process(Exchange exchange) {
    S3Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, S3Exception.class);
    Message message = exchange.getMessage();
    message.setBody(null);
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, error.statusCode());
    for (String name : new String[] {"ETag", "Last-Modified", "Content-Range"}) {
      header(error, name).ifPresent(value -> message.setHeader(name, value));
    }
    if (error.statusCode() == 412) {
      setProblem(
          message, 412, "precondition-failed", "The file is another version than If-Match names.");
    } else if (error.statusCode() == 416) {
      size(error).ifPresent(size -> message.setHeader("Content-Range", "bytes */" + size));
      setProblem(message, 416, "range-not-satisfiable", "The file ends before this range begins.");
    }
  }

  private static void setProblem(Message message, int status, String reason, String detail) {
    String requestId = message.getHeader(HeaderNames.REQUEST_ID, "", String.class);
    message.setHeader(Exchange.CONTENT_TYPE, Problem.CONTENT_TYPE);
    message.setBody(Problem.of(status, reason, detail).body(requestId));
  }

  private static Optional<String> header(S3Exception error, String name) {
    return Optional.ofNullable(error.awsErrorDetails())
        .map(details -> details.sdkHttpResponse())
        .flatMap((SdkHttpResponse response) -> response.firstMatchingHeader(name));
  }

  private static Optional<String> size(S3Exception error) {
    return Optional.ofNullable(error.awsErrorDetails())
        .map(details -> details.rawResponse())
        .map(raw -> raw.asUtf8String())
        .map(SIZE::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1));
  }
}
