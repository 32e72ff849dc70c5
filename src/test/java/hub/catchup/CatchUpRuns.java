package hub.catchup;

import static org.awaitility.Awaitility.await;

import hub.testing.TestHub;
import java.time.Duration;
import java.util.Optional;

/** Runs of a hub's catch-up. */
final class CatchUpRuns {
  private static final Duration SOON = Duration.ofSeconds(20);

  private CatchUpRuns() {}

  /** Waits until the hub has noted that the source is new. */
  static void awaitNoted(TestHub hub) {
    await()
        .atMost(SOON)
        .until(() -> hub.query("SELECT count(*) FROM catch_up").equals(Optional.of("1")));
  }

  /** Lets the run be due that a new source has some time after its first start. */
  static void awaitFirstRun(TestHub hub) {
    awaitNoted(hub);
    hub.update("UPDATE catch_up SET next_at = CURRENT_TIMESTAMP - INTERVAL '1' HOUR");
    awaitEnded(hub);
  }

  /** Waits until a run has ended. */
  static void awaitEnded(TestHub hub) {
    await()
        .atMost(SOON)
        .until(
            () ->
                hub.query("SELECT count(*) FROM catch_up WHERE ended_at IS NOT NULL")
                    .equals(Optional.of("1")));
  }
}
