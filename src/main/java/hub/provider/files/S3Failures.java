package hub.provider.files;

import hub.call.http.RetryAfter;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.call.policy.ExceptionReader;
import hub.http.HeaderNames;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.http.conn.ConnectionPoolTimeoutException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** Reads the exceptions of the AWS SDK. */
public final class S3Failures implements ExceptionReader {
  private static final int MAX_CAUSES = 20;
  private static final int MAX_MESSAGE = 200;

  private final Clock clock;

  public S3Failures(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Optional<CallFailure> read(Throwable error) {
    if (error instanceof AwsServiceException answer) {
      return Optional.of(answered(answer));
    }
    if (error instanceof ApiCallTimeoutException
        || error instanceof ApiCallAttemptTimeoutException
        || error instanceof AbortedException) {
      return Optional.of(CallFailure.of(CallOutcome.TIMEOUT, "it did not answer in time"));
    }
    if (error instanceof ConnectionPoolTimeoutException) {
      return Optional.of(
          new CallFailure(
              CallOutcome.NOT_PERMITTED,
              0,
              "",
              "too many files are being read from it already",
              Optional.of(Duration.ofSeconds(5))));
    }
    if (error instanceof SdkException && !isNetworkFailure(error)) {
      return Optional.of(CallFailure.of(CallOutcome.FAILED, "its answer is not one of S3's"));
    }
    return Optional.empty();
  }

  private static boolean isNetworkFailure(Throwable error) {
    int depth = 0;
    for (Throwable t = error.getCause(); t != null && depth < MAX_CAUSES; t = t.getCause()) {
      if (t instanceof IOException || t instanceof SdkException) {
        return true;
      }
      depth++;
    }
    return false;
  }

  private CallFailure answered(AwsServiceException answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    String code =
        details == null || details.errorCode() == null ? "" : cut(details.errorCode().strip());
    Optional<Duration> retryAfter =
        details == null || details.sdkHttpResponse() == null
            ? Optional.empty()
            : details
                .sdkHttpResponse()
                .firstMatchingHeader(HeaderNames.RETRY_AFTER)
                .flatMap(value -> RetryAfter.parse(value, clock.instant()));
    int status = answer.statusCode();
    String message = message(status, code, details);
    if (status >= 300 && status < 400) {
      return new CallFailure(CallOutcome.REJECTED, status, code, message, Optional.empty());
    }
    if (code.equals("RequestTimeout") || (code.equals("SlowDown") && status == 400)) {
      return new CallFailure(CallOutcome.BUSY, status, code, message, retryAfter);
    }
    return CallFailure.ofStatus(status, code, message, retryAfter);
  }

  private static String message(int status, String code, AwsErrorDetails details) {
    if (status >= 300 && status < 400) {
      return "the bucket is somewhere else; check AWS_REGION, S3_ENDPOINT and S3_BUCKET";
    }
    return switch (code) {
      case "NoSuchKey" -> "there is no file of this key";
      case "NoSuchBucket" ->
          "the bucket that S3_BUCKET names does not exist; create it, or correct S3_BUCKET";
      case "SignatureDoesNotMatch" ->
          "AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID, or AWS_REGION is wrong";
      case "InvalidAccessKeyId" -> "it does not know the key that AWS_ACCESS_KEY_ID names";
      case "AccessDenied", "AllAccessDisabled" ->
          "AWS_ACCESS_KEY_ID may not do this to the bucket that S3_BUCKET names";
      case "RequestTimeTooSkewed" -> "this machine's clock is wrong";
      default -> other(status, details);
    };
  }

  /** The store's own message, except for statuses whose message may quote the request. */
  private static String other(int status, AwsErrorDetails details) {
    if (status == 401 || status == 403) {
      return "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what they may do";
    }
    if (status == 404) {
      return "there is no file of this key";
    }
    String said = details == null ? null : details.errorMessage();
    return "HTTP " + status + (said == null || said.isBlank() ? "" : ": " + cut(said.strip()));
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(text.length(), MAX_MESSAGE));
  }
}
