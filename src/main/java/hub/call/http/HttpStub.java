package hub.call.http;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;

/**
 * Answers in place of the network. Bound in the registry only while routes are tested; then no
 * {@link BoundedHttpClient} of the context sends anything. Thread-safe.
 */
public interface HttpStub {
  /** Name in the registry. */
  String BEAN = "httpStub";

  /**
   * Answers a request, on the thread that sends it.
   *
   * @param within limit until the last byte
   * @throws IOException when the request is to fail
   */
  ProviderResponse answer(HttpRequest request, Duration within) throws IOException;
}
