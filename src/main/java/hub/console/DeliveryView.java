package hub.console;

import hub.inbox.db.EventState;
import java.time.Instant;
import java.util.Optional;

/**
 * What one handler route has done of an event.
 *
 * @param dueAt next attempt, or end of the lease; empty when finished
 * @param attemptLog one JSON object a line; empty where only a list is asked for
 */
record DeliveryView(
    String route,
    EventState state,
    int attempts,
    Optional<Instant> dueAt,
    Optional<Instant> finishedAt,
    Optional<String> lastError,
    String attemptLog) {}
