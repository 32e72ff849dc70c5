package hub.lint;

import com.jayway.jsonpath.InvalidPathException;
import hub.util.JsonPaths;
import java.util.List;

/** Checks the JSONPaths by which a webhook source reads an event's fields. */
final class EventPathRules {
  private static final List<String> FIELDS = List.of("eventId", "eventType", "orderingKey", "each");

  private EventPathRules() {}

  static void check(Endpoint from, Faults faults) {
    for (String name : FIELDS) {
      Endpoint.Parameter written = from.parameters().get(name);
      if (written == null || !written.value().matches("\\$[^{]*")) {
        continue;
      }
      try {
        JsonPaths.compile(written.value());
      } catch (InvalidPathException e) {
        faults.error(
            written.location(),
            name + " is no JSONPath: '" + written.value() + "'",
            JsonPathRules.remedy(written.value()));
      }
    }
  }
}
