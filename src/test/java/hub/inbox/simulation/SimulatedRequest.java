package hub.inbox.simulation;

import hub.inbox.db.NewEvent;
import hub.inbox.db.ReplayKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a sender sends: an event, or several that are stored together.
 *
 * @param replayKey a token of two requests, of which the store takes one
 */
record SimulatedRequest(String name, List<NewEvent> events, Optional<ReplayKey> replayKey) {
  private static final double WITH_TOKEN = 0.2;
  private static final double WITH_SEVERAL = 0.2;
  private static final int MOST_EVENTS = 4;

  /** Those of a run; each element is a request, or two under one token. */
  static List<List<SimulatedRequest>> drawn(Baton baton) {
    int requests = 8 + baton.random().nextInt(20);
    int keys = 1 + baton.random().nextInt(4);
    List<List<SimulatedRequest>> all = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      String name = "e" + i;
      if (baton.happens(WITH_TOKEN)) {
        Optional<ReplayKey> token = Optional.of(ReplayKey.of("shop", name));
        all.add(
            List.of(drawn(baton, name, keys, token), drawn(baton, name + "-forged", keys, token)));
      } else {
        all.add(List.of(drawn(baton, name, keys, Optional.empty())));
      }
    }
    return all;
  }

  private static SimulatedRequest drawn(
      Baton baton, String name, int keys, Optional<ReplayKey> replayKey) {
    int size = baton.happens(WITH_SEVERAL) ? 2 + baton.random().nextInt(MOST_EVENTS - 1) : 1;
    return new SimulatedRequest(
        name,
        IntStream.range(0, size)
            .mapToObj(place -> event(baton, size == 1 ? name : name + ":" + place, keys))
            .toList(),
        replayKey);
  }

  private static NewEvent event(Baton baton, String id, int keys) {
    String type = List.of("a", "b", "b", "c").get(baton.random().nextInt(4));
    int key = baton.random().nextInt(keys + 1);
    return new NewEvent(
        "shop",
        id,
        type,
        Optional.of("k" + key).filter(name -> key > 0),
        Instant.EPOCH,
        "{}",
        new byte[] {1},
        true);
  }

  List<String> ids() {
    return events.stream().map(NewEvent::providerEventId).toList();
  }
}
