package hub.inbox.camel;

import com.fasterxml.jackson.databind.JsonNode;
import hub.inbox.db.Delivery;
import hub.util.Json;
import hub.util.JsonField;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Reads the variables that handlers get from an event's payload, as the source's webhook declares
 * them. They are read when the event is handled, so events stored before the declaration have them
 * too. Thread-safe.
 */
final class PayloadVariables {
  private final Map<String, Map<String, JsonField>> bySource = new ConcurrentHashMap<>();

  /**
   * @param paths JSONPaths by variable; they replace earlier ones of the source
   */
  void declare(String source, Map<String, String> paths) {
    Map<String, JsonField> fields = new LinkedHashMap<>();
    paths.forEach((name, path) -> fields.put(name, new JsonField(path)));
    bySource.put(source, Map.copyOf(fields));
  }

  /** Values by name: texts, numbers, booleans, maps or lists. Missing fields have no entry. */
  Map<String, Object> of(Delivery delivery) {
    return of(
        delivery.source(),
        () -> Json.parseLastWins(delivery.formJson().orElse(delivery.payload())));
  }

  /**
   * The same.
   *
   * @param payload reads it as JSON; is asked only where the source declares variables
   */
  Map<String, Object> of(String source, Supplier<Optional<JsonNode>> payload) {
    Map<String, JsonField> fields = bySource.getOrDefault(source, Map.of());
    if (fields.isEmpty()) {
      return Map.of();
    }
    Map<String, Object> values = new LinkedHashMap<>();
    payload
        .get()
        .ifPresent(
            document ->
                fields.forEach(
                    (name, field) ->
                        field.in(document).ifPresent(node -> values.put(name, Json.plain(node)))));
    return values;
  }
}
