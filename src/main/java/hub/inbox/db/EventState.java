package hub.inbox.db;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The state of an event, or of its delivery to one handler. */
public enum EventState {
  /** Stored, not attempted yet. */
  RECEIVED,
  /** Leased by a handler. */
  PROCESSING,
  /** Failed; the time of the retry is known. */
  RETRYING,
  /** Every handler finished. */
  DONE,
  /** No handler matched when it was stored. */
  IGNORED,
  /** Its attempts are used up; it stays until an operator or the sender replays it. */
  DEAD;

  /** Its name in the database and in JSON. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a handler still has to work on it. */
  public boolean isOpen() {
    return this == RECEIVED || this == PROCESSING || this == RETRYING;
  }

  /** The state of an event with deliveries in these states: the most active one. */
  public static EventState ofDeliveries(Collection<EventState> deliveries) {
    return List.of(PROCESSING, RETRYING, RECEIVED, DEAD, DONE).stream()
        .filter(deliveries::contains)
        .findFirst()
        .orElse(IGNORED);
  }

  /** The state of this name; empty for another text. */
  public static Optional<EventState> of(String text) {
    for (EventState state : values()) {
      if (state.text().equals(text)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }
}
