package hub.inbox;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * An event in the hands of a handler.
 *
 * @param token proves, when finishing, that the lease is still ours
 * @param attempt counted from 1; this one included
 */
record Claimed(
    UUID eventId,
    UUID token,
    int attempt,
    String source,
    String providerEventId,
    String type,
    Optional<String> orderingKey,
    Instant receivedAt,
    String headers,
    byte[] payload) {}
