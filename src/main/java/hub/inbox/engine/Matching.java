package hub.inbox.engine;

import hub.inbox.db.NewEvent;
import hub.inbox.db.PublishedHandler;
import hub.inbox.db.TypePattern;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which handlers an event is for: by its source, its type, and the handlers' conditions.
 * Thread-safe.
 */
final class Matching {
  private static final Logger LOG = LoggerFactory.getLogger(Matching.class);

  private final Condition.Language language;

  /** This node's first, then live ones, then those of nodes that are away. */
  private volatile List<Known> known = List.of();

  /** Whether any of them has a condition. */
  private volatile boolean hasConditions;

  /** By their text; guarded by this. Empty: this node cannot read it. */
  private Map<String, Optional<Condition>> conditions = Map.of();

  Matching(Condition.Language language) {
    this.language = language;
  }

  /**
   * @param all the handlers of all nodes, those first whose version of a route counts
   */
  synchronized void replace(List<PublishedHandler> all) {
    Map<String, Optional<Condition>> used = new HashMap<>();
    known = all.stream().map(one -> known(one, used)).toList();
    conditions = used;
    hasConditions = known.stream().anyMatch(one -> one.condition().isPresent());
  }

  private Known known(PublishedHandler handler, Map<String, Optional<Condition>> used) {
    Optional<Condition> condition =
        handler.when().isBlank()
            ? Optional.empty()
            : used.computeIfAbsent(
                handler.when(),
                when -> conditions.containsKey(when) ? conditions.get(when) : read(handler));
    return new Known(handler, TypePattern.any(handler.types()), condition);
  }

  /** A handler as another node has it just now, ready to be matched. */
  Known ready(PublishedHandler handler) {
    return new Known(
        handler,
        TypePattern.any(handler.types()),
        handler.when().isBlank() ? Optional.empty() : read(handler));
  }

  /** Another node may have a condition that this one, of another version, cannot read. */
  private Optional<Condition> read(PublishedHandler handler) {
    try {
      return Optional.of(language.read(handler.when()));
    } catch (RuntimeException e) {
      LOG.warn(
          "inbox=when route={}: this node cannot read its condition '{}', so the route gets all events of its types: {}",
          handler.route(),
          handler.when(),
          e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * The ids of the routes of all nodes that handle such an event; empty: the event is ignored. A
   * renamed handler and the one that it was are the same: while a live node has it under its former
   * id, it gets the event under that, so that its events stay in order.
   */
  List<String> routes(Decisions decisions) {
    NewEvent event = decisions.event();
    List<PublishedHandler> taking = new ArrayList<>();
    Set<String> routes = new LinkedHashSet<>();
    for (Known one : known) {
      if (one.takes(event.source(), event.type()) && decisions.hold(one)) {
        taking.add(one.handler());
        routes.add(one.handler().route());
      }
    }
    for (PublishedHandler successor : taking) {
      for (String id : successor.formerly()) {
        taking.stream()
            .filter(former -> former.route().equals(id))
            .findFirst()
            .ifPresent(former -> keepOne(routes, former, successor));
      }
    }
    return List.copyOf(routes);
  }

  /** Two that name each other, as when a renaming is undone, must not both go. */
  private static void keepOne(
      Set<String> routes, PublishedHandler former, PublishedHandler successor) {
    String kept = former.live() ? former.route() : successor.route();
    if (routes.contains(kept)) {
      routes.remove(former.live() ? successor.route() : former.route());
    }
  }

  /**
   * Decides the conditions that {@link #routes} will ask for, so that the thread that stores events
   * need not parse them. Costs nothing where no handler has one.
   */
  void decideAhead(Decisions decisions) {
    if (hasConditions) {
      for (Known one : known) {
        one.takes(decisions);
      }
      decisions.forgetPayload();
    }
  }

  /** The type patterns of every handler of a source; an empty text takes all. */
  List<String> typesOf(String source) {
    return known.stream()
        .map(Known::handler)
        .filter(one -> one.source().equals(source))
        .map(PublishedHandler::types)
        .distinct()
        .toList();
  }

  /**
   * The handlers of the event's source that have no part in it.
   *
   * @param taking routes that have a part, also by a former id
   */
  List<LeftOut> leftOut(Decisions decisions, Collection<String> taking) {
    NewEvent event = decisions.event();
    Map<String, LeftOut> left = new TreeMap<>();
    for (Known one : known) {
      PublishedHandler handler = one.handler();
      if (handler.source().equals(event.source())
          && !left.containsKey(handler.route())
          && !taking.contains(handler.route())
          && successor(handler.route(), taking).isEmpty()
          && handler.formerly().stream().noneMatch(taking::contains)) {
        LeftOut.Why why =
            !one.takes(event.source(), event.type())
                ? LeftOut.Why.TYPE
                : decisions.hold(one) ? LeftOut.Why.SINCE : LeftOut.Why.WHEN;
        left.put(
            handler.route(), new LeftOut(handler.route(), handler.types(), handler.when(), why));
      }
    }
    return List.copyOf(left.values());
  }

  /** Whether some handler of such events asks for more than their type. */
  boolean hasConditionFor(String source, String type) {
    return hasConditions
        && known.stream().anyMatch(one -> one.condition().isPresent() && one.takes(source, type));
  }

  /** The one of these routes that had the id before. */
  Optional<String> successor(String id, Collection<String> routes) {
    return known.stream()
        .map(Known::handler)
        .filter(one -> routes.contains(one.route()) && one.formerly().contains(id))
        .map(PublishedHandler::route)
        .findFirst();
  }

  /** This node's version of a route, else that of another node. */
  Optional<Known> find(String route) {
    for (Known one : known) {
      if (one.handler().route().equals(route)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }

  /** Whether this node's version of a route takes such an event; true: there is none. */
  boolean takes(String route, Decisions decisions) {
    return find(route).map(one -> one.takes(decisions)).orElse(true);
  }
}
