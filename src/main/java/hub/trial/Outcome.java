package hub.trial;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What a run came to.
 *
 * @param event the id of the given event
 * @param deliveries of the event, one a handler
 * @param answer to the given request: status, headers, body
 * @param error that ended a route that was started; empty: none
 */
record Outcome(
    Stage stage,
    Optional<UUID> event,
    List<Delivery> deliveries,
    Map<String, Object> answer,
    Optional<String> error) {

  /** The state of the event, as far as the handlers under test go. */
  String state() {
    if (event.isEmpty()) {
      return error.isPresent() ? "dead" : "done";
    }
    if (deliveries.isEmpty()) {
      return "ignored";
    }
    for (String state : List.of("dead", "retrying", "received")) {
      if (deliveries.stream().anyMatch(one -> one.status().equals(state))) {
        return state;
      }
    }
    return "done";
  }

  Optional<String> lastError() {
    return error.or(
        () ->
            deliveries.stream()
                .map(Delivery::lastError)
                .filter(text -> text != null && !text.isBlank())
                .findFirst());
  }

  int attempts() {
    return deliveries.stream().mapToInt(Delivery::attempts).max().orElse(0);
  }
}
