package hub.inbox.engine;

import hub.inbox.db.NewEvent;
import hub.inbox.db.ReplayKey;
import java.util.List;
import java.util.Optional;

/** Takes events to be stored. */
@FunctionalInterface
public interface Appender {
  /**
   * Stores the events, all in one commit or none; calls back after the commit, or when it has
   * failed. Of two events with one id the second is a duplicate of the first.
   *
   * @param events of one source and one request, at most about a thousand
   * @param replayKey a token of the request that is good once: spent by the commit. Where it was
   *     spent before and one of the events is new, nothing is stored, and the callback gets a
   *     {@link hub.inbox.ReplayKeySpentException}
   */
  void append(List<NewEvent> events, Optional<ReplayKey> replayKey, AppendCallback callback);

  /** The same for an event by itself. */
  default void append(NewEvent event, AppendCallback callback) {
    append(List.of(event), Optional.empty(), callback);
  }
}
