package hub.call.http;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.apache.camel.CamelContext;

/**
 * Answers in place of the network. Bound in the registry only while routes are tested; then no
 * {@link BoundedHttpClient} of the context sends anything. Thread-safe.
 */
public interface HttpStub {
  /** Name in the registry. */
  String BEAN = "httpStub";

  /** Whether the routes of a context are tested, so that nothing is sent. */
  static boolean isIn(CamelContext context) {
    return context.getRegistry().lookupByName(BEAN) != null;
  }

  /**
   * Answers a request, on the thread that sends it.
   *
   * @param within limit until the last byte
   * @throws IOException when the request is to fail
   */
  ProviderResponse answer(HttpRequest request, Duration within) throws IOException;
}
