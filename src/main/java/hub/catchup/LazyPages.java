package hub.catchup;

import hub.poll.ListPage;
import hub.poll.PageSource;
import java.net.URI;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Makes its pages when the first is asked for, so that a dry start needs nothing. Of one thread.
 */
final class LazyPages implements PageSource {
  private final Supplier<PageSource> maker;
  private PageSource made;

  LazyPages(Supplier<PageSource> maker) {
    this.maker = maker;
  }

  @Override
  public ListPage ask(UnaryOperator<URI> address) throws Exception {
    if (made == null) {
      made = maker.get();
    }
    return made.ask(address);
  }
}
