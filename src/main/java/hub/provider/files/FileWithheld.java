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
 * Answers where S3 has the file and rightly does not send it: 304 for a copy that is still good,
 * 412 for another version than was asked for, 416 for a range beyond its end. Thread-safe.
 */
final class FileWithheld implements Processor {
  private static final Pattern SIZE =
      Pattern.compile("<ActualObjectSize>(\\d{1,19})</ActualObjectSize>");

  @Override
  public void process(Exchange exchange) {
    S3Exception answer = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, S3Exception.class);
    Message message = exchange.getMessage();
    message.setBody(null);
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.statusCode());
    for (String name : new String[] {"ETag", "Last-Modified", "Content-Range"}) {
      header(answer, name).ifPresent(value -> message.setHeader(name, value));
    }
    if (answer.statusCode() == 412) {
      refuse(
          message, 412, "precondition-failed", "The file is another version than If-Match names.");
    } else if (answer.statusCode() == 416) {
      size(answer).ifPresent(size -> message.setHeader("Content-Range", "bytes */" + size));
      refuse(message, 416, "range-not-satisfiable", "The file ends before this range begins.");
    }
  }

  private static void refuse(Message message, int status, String reason, String detail) {
    String requestId = message.getHeader(HeaderNames.REQUEST_ID, "", String.class);
    message.setHeader(Exchange.CONTENT_TYPE, Problem.CONTENT_TYPE);
    message.setBody(Problem.of(status, reason, detail).body(requestId));
  }

  private static Optional<String> header(S3Exception answer, String name) {
    return Optional.ofNullable(answer.awsErrorDetails())
        .map(details -> details.sdkHttpResponse())
        .flatMap((SdkHttpResponse response) -> response.firstMatchingHeader(name));
  }

  private static Optional<String> size(S3Exception answer) {
    return Optional.ofNullable(answer.awsErrorDetails())
        .map(details -> details.rawResponse())
        .map(raw -> raw.asUtf8String())
        .map(SIZE::matcher)
        .filter(Matcher::find)
        .map(found -> found.group(1));
  }
}
