package hub.lint;

import hub.config.Setting;
import hub.config.Settings;
import hub.db.StoreProbe;
import hub.inbox.db.OrphanedDeliveries;
import hub.inbox.db.PublishedHandler;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Checks which handlers take over from which, and that none has left events behind. */
final class HandlerRules {
  private static final String FORMERLY = "formerly";

  private final Project project;
  private final Faults faults;

  HandlerRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  /** Checks that each former id is free, and is named once. */
  void checkAll() {
    Map<String, Route> successors = new HashMap<>();
    for (Route route : handlers()) {
      for (String id : formerIds(route)) {
        Location location = route.from().orElseThrow().locationOf(FORMERLY);
        Route other = successors.putIfAbsent(id, route);
        if (ids().contains(id)) {
          faults.error(
              location,
              "formerly names '" + id + "', which is still a handler",
              "name only ids that are no longer in use");
        } else if (other != null) {
          faults.error(
              location,
              "formerly names '" + id + "', as " + other.title() + " does",
              "let one of the two take over");
        }
      }
    }
  }

  /** Looks for events that wait for a route which neither these files nor a live node have. */
  void checkStore(Settings settings) {
    Location database = Location.of(Setting.DATABASE_URL.key());
    try {
      Optional<Map<String, Long>> orphaned = StoreProbe.read(settings, OrphanedDeliveries::byRoute);
      if (orphaned.isEmpty()) {
        faults.warning(
            database,
            "the database was not looked into: " + StoreProbe.of(settings).detail(),
            "leave out --database, or make it ready");
        return;
      }
      Set<String> known = ids();
      handlers().forEach(route -> known.addAll(formerIds(route)));
      orphaned.get().keySet().removeAll(known);
      orphaned.get().forEach((route, waiting) -> report(database, route, waiting));
    } catch (SQLException e) {
      faults.warning(database, "the database does not answer", "see to it, and try again");
    }
  }

  private void report(Location location, String route, long waiting) {
    faults.warning(
        location,
        waiting + " events wait for the handler " + route + ", which is gone",
        OrphanedDeliveries.REMEDY);
  }

  private List<Route> handlers() {
    return project.routes().stream()
        .filter(route -> route.from().filter(from -> from.scheme().equals("inbox")).isPresent())
        .toList();
  }

  private Set<String> ids() {
    Set<String> ids = new TreeSet<>();
    handlers().forEach(route -> ids.add(route.id()));
    return ids;
  }

  private static List<String> formerIds(Route route) {
    return route
        .from()
        .flatMap(from -> from.value(FORMERLY))
        .map(PublishedHandler::ids)
        .orElse(List.of());
  }
}
