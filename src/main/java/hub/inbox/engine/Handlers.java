package hub.inbox.engine;

import hub.inbox.db.Lane;
import hub.inbox.db.NewEvent;
import hub.inbox.db.PublishedHandler;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The registry of handler routes: those of this node, and those of the others as far as they are
 * known. Each event is matched with its handlers when it is stored. Thread-safe.
 */
public final class Handlers {
  /**
   * A route of this node that handles events.
   *
   * @param types as {@link #types} reads them
   * @param when its condition, as {@link Condition.Language} reads it; empty: none
   * @param ordered whether events with the same ordering key are handled one after another
   * @param formerly ids that the route had before
   * @param onWork runs when there is work for the handler; must not block
   */
  public record Handler(
      String route,
      String source,
      String types,
      String when,
      boolean ordered,
      List<String> formerly,
      Runnable onWork) {
    PublishedHandler published() {
      return new PublishedHandler(
          route, source, types == null ? "" : types, when, ordered, formerly, true);
    }
  }

  private final Map<String, Handler> own = new TreeMap<>();
  private final Matching matching;
  private List<PublishedHandler> others = List.of();
  private volatile int changes;
  private Runnable onChange = () -> {};

  /** Copies, so that they are read without the lock; by route, as they are published. */
  private volatile Map<String, Handler> ownByRoute = Map.of();

  /** Routes whose new version follows; they stay known until then. */
  private final Set<String> exchanged = new HashSet<>();

  /** Those of them that have been removed and not added again. */
  private final Set<String> left = new HashSet<>();

  /**
   * @param language of the handlers' conditions
   */
  public Handlers(Condition.Language language) {
    matching = new Matching(language);
  }

  /**
   * Adds a handler of this node, or replaces the one of the same route; and the one that it was
   * before, if that has stopped for an exchange.
   */
  public synchronized void add(Handler handler) {
    own.put(handler.route(), handler);
    left.remove(handler.route());
    handler.formerly().stream().filter(left::remove).forEach(own::remove);
    changed();
  }

  /** Removes a handler of this node; one that is being exchanged at the end of that only. */
  public synchronized void remove(String route) {
    if (exchanged.contains(route)) {
      left.add(route);
      return;
    }
    own.remove(route);
    changed();
  }

  /**
   * Keeps these routes known while new versions take their places, so that no event is ignored
   * meanwhile.
   *
   * @return ends it: routes without a new version are removed
   */
  public synchronized Runnable exchange(Collection<String> routes) {
    exchanged.addAll(routes);
    return () -> endExchange(routes);
  }

  private synchronized void endExchange(Collection<String> routes) {
    exchanged.removeAll(routes);
    if (routes.stream().filter(left::remove).filter(route -> own.remove(route) != null).count()
        > 0) {
      changed();
    }
  }

  private void changed() {
    ownByRoute = Collections.unmodifiableMap(new TreeMap<>(own));
    arrange();
    onChange.run();
  }

  /** Replaces the handlers of the other nodes. */
  void setOthers(List<PublishedHandler> all) {
    synchronized (this) {
      if (others.equals(all)) {
        return;
      }
      others = List.copyOf(all);
      changes++;
      arrange();
    }
    // A renamed handler may take over now what waits under its former id.
    notifyAllHandlers();
  }

  /** Grows whenever the handlers of the other nodes change. */
  int changes() {
    return changes;
  }

  /**
   * @param action runs when a handler of this node is added or removed; must not block
   */
  synchronized void onChange(Runnable action) {
    onChange = action;
  }

  private void arrange() {
    List<PublishedHandler> live =
        Stream.concat(
                own.values().stream().map(Handler::published),
                others.stream().filter(PublishedHandler::live))
            .toList();
    Set<String> routes = live.stream().map(PublishedHandler::route).collect(Collectors.toSet());
    // What a route asked for on a node that is away does not count where a live node has the route.
    Stream<PublishedHandler> away =
        others.stream().filter(one -> !one.live() && !routes.contains(one.route()));
    matching.replace(Stream.concat(live.stream(), away).toList());
  }

  /** The handlers of all nodes: which of them an event is for. */
  Matching matching() {
    return matching;
  }

  /** Those of this node, as the others are told. */
  List<PublishedHandler> published() {
    return ownByRoute.values().stream().map(Handler::published).toList();
  }

  /**
   * Checks the former ids of a route of this node.
   *
   * @throws IllegalArgumentException when a route may not be the successor of an id in its {@code
   *     formerly}
   */
  public void requireSuccession(String route) {
    for (String id : ownByRoute.get(route).formerly()) {
      if (ownByRoute.containsKey(id)) {
        throw new IllegalArgumentException(
            "route %s: formerly=%s: %s; name ids that are no longer in use"
                .formatted(
                    route,
                    id,
                    id.equals(route) ? "it is this route" : "this route is still there"));
      }
      ownByRoute.values().stream()
          .filter(other -> !other.route().equals(route) && other.formerly().contains(id))
          .findFirst()
          .ifPresent(
              other -> {
                throw new IllegalArgumentException(
                    "route %s: formerly=%s: route %s names it, too; only one can take over"
                        .formatted(route, id, other.route()));
              });
    }
  }

  /** The type patterns of every handler of a source, of all nodes; an empty text takes all. */
  public List<String> typesOf(String source) {
    return matching.typesOf(source);
  }

  /**
   * The handlers of the event's source, of all nodes, that have no part in it, by their routes.
   *
   * @param taking routes that have a part
   */
  public List<LeftOut> leftOut(NewEvent event, Collection<String> taking) {
    return matching.leftOut(new Decisions(event), taking);
  }

  /** The sources of this node's handlers. */
  public Set<String> sources() {
    return ownByRoute.values().stream().map(Handler::source).collect(Collectors.toSet());
  }

  /** The routes of this node. */
  public Set<String> routes() {
    return ownByRoute.keySet();
  }

  boolean isOrdered(String route) {
    return matching.find(route).map(one -> one.handler().ordered()).orElse(false);
  }

  /** Where an event waits its turn at a handler; empty when the handler asks for no order. */
  Optional<Lane> lane(String route, Optional<String> orderingKey, UUID event) {
    return isOrdered(route) ? Optional.of(Lane.of(route, orderingKey, event)) : Optional.empty();
  }

  /** Tells a handler of this node that there is work for it. */
  void notifyHandler(String route) {
    Handler handler = ownByRoute.get(route);
    if (handler != null) {
      handler.onWork().run();
    }
  }

  void notifyAllHandlers() {
    ownByRoute.values().forEach(handler -> handler.onWork().run());
  }
}
