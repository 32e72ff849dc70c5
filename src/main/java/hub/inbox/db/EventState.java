package hub.inbox.db;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Where an event, or one handler's share of it, stands. */
public enum EventState {
  /** Stored, not yet tried. */
  RECEIVED,
  /** In a handler's hands, under a lease. */
  PROCESSING,
  /** Failed, to be tried again at a known time. */
  RETRYING,
  /** Every handler finished. */
  DONE,
  /** No handler matched when it was stored. */
  IGNORED,
  /** Its attempts are used up; kept until somebody replays it. */
  DEAD;

  /** As it stands in the database and in JSON. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a handler still has something to do. */
  public boolean isOpen() {
    return this == RECEIVED || this == PROCESSING || this == RETRYING;
  }

  /** Where an event stands whose handlers' shares stand so: what is most alive shows. */
  public static EventState ofShares(Collection<EventState> shares) {
    return List.of(PROCESSING, RETRYING, RECEIVED, DEAD, DONE).stream()
        .filter(shares::contains)
        .findFirst()
        .orElse(IGNORED);
  }

  public static Optional<EventState> of(String text) {
    for (EventState state : values()) {
      if (state.text().equals(text)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }
}
