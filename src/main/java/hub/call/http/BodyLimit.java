package hub.call.http;

import hub.call.policy.ResponseTooLargeException;
import hub.http.HeaderNames;
import java.net.http.HttpRequest;

/**
 * How much of a response's body is read.
 *
 * @param maxBytes from 0
 * @param isCut whether a longer body is cut, because it says nothing; else it is a failure
 */
record BodyLimit(int maxBytes, boolean isCut) {

  /** The failure of a response that is longer. */
  ResponseTooLargeException exceeded(int status, HttpRequest sent) {
    boolean hadEffect = status >= 200 && status < 300 && !isRepeatable(sent);
    return new ResponseTooLargeException(maxBytes, hadEffect);
  }

  /** Whether a retry has no second effect: the method is safe, or there is an idempotency key. */
  private static boolean isRepeatable(HttpRequest request) {
    return BoundedHttpClient.SAFE_METHODS.contains(request.method())
        || request.headers().firstValue(HeaderNames.IDEMPOTENCY_KEY).isPresent();
  }
}
