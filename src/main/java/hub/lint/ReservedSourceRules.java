package hub.lint;

import hub.inbox.SourceNames;
import java.util.Set;

/** Refuses sources with the name that the hub's own events have. */
final class ReservedSourceRules {
  private static final Set<String> SOURCES =
      Set.of("webhook-source", "poll-source", "catch-up-source");

  private final Project project;
  private final Faults faults;

  ReservedSourceRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  void checkAll() {
    for (Endpoint endpoint : project.endpoints()) {
      if (endpoint.scheme().equals("kamelet")
          && SOURCES.contains(endpoint.name().replaceFirst("/.*", ""))) {
        endpoint
            .value("source")
            .flatMap(SourceNames::complaint)
            .ifPresent(
                complaint ->
                    faults.error(endpoint.locationOf("source"), complaint, SourceNames.REMEDY));
      }
    }
  }
}
