package hub.console;

import hub.inbox.db.EventState;
import java.time.Instant;
import java.util.Optional;

/**
 * The delivery of an event to one handler route.
 *
 * @param dueAt next attempt, or end of the lease; empty when finished
 * @param attemptLog one JSON object per line; empty in lists
 */
record DeliveryView(
    String route,
    EventState state,
    int attempts,
    Optional<Instant> dueAt,
    Optional<Instant> finishedAt,
    Optional<String> lastError,
    String attemptLog) {}
