package hub.poll;

import java.net.URI;
import java.util.function.UnaryOperator;

/** Gives the pages of a list. */
@FunctionalInterface
public interface PageSource {
  /**
   * Asks for one page.
   *
   * @param address makes the page's address of the list's own
   * @throws PageFaultException when the page cannot be used
   * @throws hub.call.policy.CallFailedException when it did not come
   * @throws java.util.concurrent.CancellationException when it was stopped
   */
  ListPage ask(UnaryOperator<URI> address) throws Exception;
}
