package hub.inbox;

import java.util.Optional;

/**
 * One of several events in the request of a proven sender.
 *
 * @param id the provider's, which identifies duplicates within the source
 * @param type as routes match it
 * @param orderingKey empty: the event has no order
 * @param payload its bytes as they stand in the request's body
 */
public record ProvenEvent(String id, String type, Optional<String> orderingKey, byte[] payload) {}
