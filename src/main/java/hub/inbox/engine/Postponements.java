package hub.inbox.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log that events wait for a provider: once when the first one does, and then how many
 * more did, at most once a provider and minute. Thread-safe.
 */
public final class Postponements {
  private static final Logger LOG = LoggerFactory.getLogger("hub.handling");

  private final long millis;

  /** Since the last line of a provider; it is in here for a minute after a line. */
  private final Map<String, Integer> untold = new HashMap<>();

  /**
   * @param between lines of one provider, at least
   */
  Postponements(Duration between) {
    this.millis = between.toMillis();
  }

  public void note(String party, Duration delay, String error) {
    synchronized (this) {
      if (untold.containsKey(party)) {
        untold.merge(party, 1, Integer::sum);
        return;
      }
      untold.put(party, 0);
    }
    tell(party, 1, " seconds=" + delay.toSeconds() + " error=" + error);
    tellLater(party);
  }

  private static void tell(String party, int events, String more) {
    LOG.warn("provider={} outcome=postponed times={}{}", party, events, more);
  }

  private void tellLater(String party) {
    CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              int events;
              synchronized (this) {
                events = untold.getOrDefault(party, 0);
                if (events == 0) {
                  untold.remove(party);
                } else {
                  untold.put(party, 0);
                }
              }
              if (events > 0) {
                tell(party, events, "");
                tellLater(party);
              }
            });
  }
}
