package hub.inbox.engine;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which handler routes there are, so that an event knows its handlers when it is stored.
 * Thread-safe.
 */
public final class Handlers {
  /**
   * @param types matches the event types that the route handles
   * @param ordered whether events with the same ordering key are handled one after another
   */
  public record Handler(
      String route, String source, Predicate<String> types, boolean ordered, Runnable wake) {}

  private final List<Handler> all = new CopyOnWriteArrayList<>();

  /** A route that is started again takes its own place. */
  public synchronized void add(Handler handler) {
    remove(handler.route());
    all.add(handler);
  }

  public synchronized void remove(String route) {
    all.removeIf(handler -> handler.route().equals(route));
  }

  /** Ids of the routes that handle such an event; none: it is ignored. */
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

  /** Tells a handler that there is work for it. */
  void wake(String route) {
    all.forEach(
        handler -> {
          if (handler.route().equals(route)) {
            handler.wake().run();
          }
        });
  }

  void wakeAll() {
    all.forEach(handler -> handler.wake().run());
  }

  /**
   * @param patterns comma-separated types in which {@code *} stands for any characters, dots too;
   *     blank: every type
   */
  public static Predicate<String> types(String patterns) {
    if (patterns == null || patterns.isBlank()) {
      return type -> true;
    }
    String regex =
        Stream.of(patterns.split(","))
            .map(String::trim)
            .filter(pattern -> !pattern.isEmpty())
            .map(pattern -> Pattern.quote(pattern).replace("*", "\\E.*\\Q"))
            .reduce((a, b) -> a + "|" + b)
            .orElse("");
    return Pattern.compile(regex, Pattern.DOTALL).asMatchPredicate();
  }
}
