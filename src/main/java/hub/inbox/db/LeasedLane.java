package hub.inbox.db;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A lane and the lease under which its deliveries were claimed.
 *
 * @param token empty: under none
 */
record LeasedLane(Lane lane, Optional<UUID> token) {
  /** Those of the outcomes, without repetition, in {@link Lane#ORDER}. */
  static List<LeasedLane> of(Collection<Outcome> outcomes) {
    return sorted(
        outcomes.stream()
            .flatMap(
                one ->
                    one.lane().stream()
                        .map(lane -> new LeasedLane(lane, Optional.of(one.token())))));
  }

  /** The same of leased deliveries. */
  static List<LeasedLane> ofLeased(Collection<Delivery> deliveries) {
    return sorted(
        deliveries.stream()
            .flatMap(
                one ->
                    one.lane().stream()
                        .map(lane -> new LeasedLane(lane, Optional.of(one.token())))));
  }

  /** Lanes that nobody should hold. */
  static List<LeasedLane> free(Collection<Lane> lanes) {
    return sorted(lanes.stream().map(lane -> new LeasedLane(lane, Optional.empty())));
  }

  private static List<LeasedLane> sorted(Stream<LeasedLane> all) {
    return all.distinct().sorted(Comparator.comparing(LeasedLane::lane, Lane.ORDER)).toList();
  }
}
