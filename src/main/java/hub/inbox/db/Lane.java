package hub.inbox.db;

import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;

/**
 * The unfinished deliveries of an ordered handler that run one after another.
 *
 * @param route the handler's id
 * @param key the ordering key, or for an event without one a key of its own
 */
public record Lane(String route, String key) {
  /** Every transaction locks lanes in this order, so that none deadlock. */
  static final Comparator<Lane> ORDER = Comparator.comparing(Lane::route).thenComparing(Lane::key);

  /** The lane of an event at an ordered handler. */
  public static Lane of(String route, Optional<String> orderingKey, UUID event) {
    return new Lane(route, orderingKey.orElseGet(() -> "@" + event));
  }
}
