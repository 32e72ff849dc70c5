package hub.cli;

import hub.lint.RouteIds;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Refuses names of new routes and sources that the hub or the project has already. */
final class TakenNames {
  /** Folders of {@code routes/} whose files are no routes of a source. */
  private static final Set<String> FOLDERS = Set.of("kamelets", "schemes", "policies", "login");

  /** Inboxes in which the hub keeps work of its own. */
  private static final Set<String> QUEUES = Set.of("email", "analytics", "storage", "login");

  /** The inbox of the hub's alerts, which handlers of a project may read, too. */
  static final String ALERTS = "alert";

  private TakenNames() {}

  /** Refuses a source whose events would come among the hub's own. */
  static void refuseFedByHub(NewName source) {
    if (source.text().equals(ALERTS)) {
      throw hubs("NAME", source.text());
    }
    refuseQueue("NAME", source);
  }

  /** Refuses an inbox of the hub's own work. */
  static void refuseQueue(String what, NewName source) {
    if (QUEUES.contains(source.text())) {
      throw hubs(what, source.text());
    }
    refuseFolder(what, source.text());
  }

  private static CommandFailedException hubs(String what, String name) {
    return CommandFailedException.wrongUsage(
        what
            + ": inbox:"
            + name
            + " holds the hub's own events; choose another name, such as my-"
            + name);
  }

  /** Refuses a folder of {@code routes/} that has a purpose of its own. */
  static void refuseFolder(String what, String folder) {
    if (FOLDERS.contains(folder)) {
      throw CommandFailedException.wrongUsage(
          what
              + ": routes/"
              + folder
              + " has a purpose of its own; choose another name, such as my-"
              + folder);
    }
  }

  /** Refuses ids that a route of the project has, wherever its file lies. */
  static void refuseIds(Path routes, String... ids) {
    Map<String, String> taken = RouteIds.in(routes);
    for (String id : ids) {
      if (taken.containsKey(id)) {
        throw CommandFailedException.failed(
            taken.get(id)
                + " has the route '"
                + id
                + "' already, and nothing was written; choose another name.");
      }
    }
  }
}
