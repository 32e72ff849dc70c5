package hub.inbox.engine;

import hub.inbox.db.Lane;
import hub.inbox.db.TypePattern;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The registry of handler routes. Each event is matched with its handlers when it is stored.
 * Thread-safe.
 */
public final class Handlers {
  /**
   * A route that handles events.
   *
   * @param types matches the event types that the route handles
   * @param ordered whether events with the same ordering key are handled one after another
   * @param onWork runs when there is work for the handler; must not block
   */
  public record Handler(
      String route, String source, Predicate<String> types, boolean ordered, Runnable onWork) {}

  private final List<Handler> all = new CopyOnWriteArrayList<>();

  /** Adds a handler, or replaces the one of the same route. */
  public synchronized void add(Handler handler) {
    remove(handler.route());
    all.add(handler);
  }

  public synchronized void remove(String route) {
    all.removeIf(handler -> handler.route().equals(route));
  }

  /** The ids of the routes that handle such an event; empty: the event is ignored. */
  List<String> matching(String source, String type) {
    Stream<Handler> matching =
        all.stream().filter(h -> h.source().equals(source) && h.types().test(type));
    return matching.map(Handler::route).toList();
  }

  public Set<String> sources() {
    return all.stream().map(Handler::source).collect(Collectors.toSet());
  }

  public Set<String> routes() {
    return all.stream().map(Handler::route).collect(Collectors.toSet());
  }

  boolean isOrdered(String route) {
    return all.stream().anyMatch(h -> h.ordered() && h.route().equals(route));
  }

  /** Where an event waits its turn at a handler; empty when the handler asks for no order. */
  Optional<Lane> lane(String route, Optional<String> orderingKey, UUID event) {
    return isOrdered(route) ? Optional.of(Lane.of(route, orderingKey, event)) : Optional.empty();
  }

  /** Tells a handler that there is work for it. */
  void notifyHandler(String route) {
    all.forEach(
        handler -> {
          if (handler.route().equals(route)) {
            handler.onWork().run();
          }
        });
  }

  void notifyAllHandlers() {
    all.forEach(handler -> handler.onWork().run());
  }

  /**
   * Matches event types.
   *
   * @param patterns as {@link TypePattern} reads them; null or blank: every type
   */
  public static Predicate<String> types(String patterns) {
    if (patterns == null || patterns.isBlank()) {
      return type -> true;
    }
    List<TypePattern> all = TypePattern.all(patterns);
    return type -> all.stream().anyMatch(pattern -> pattern.matches(type));
  }
}
