package hub.inbox.engine;

import hub.inbox.db.PublishedHandler;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A handler of any node, ready to be matched.
 *
 * @param condition its {@code when}; empty: it has none
 */
record Known(PublishedHandler handler, Predicate<String> types, Optional<Condition> condition) {
  /** Whether it handles events of the type, under its condition if it has one. */
  boolean takes(String source, String type) {
    return handler.source().equals(source) && types.test(type);
  }

  boolean takes(Decisions decisions) {
    return takes(decisions.event().source(), decisions.event().type()) && decisions.hold(this);
  }
}
