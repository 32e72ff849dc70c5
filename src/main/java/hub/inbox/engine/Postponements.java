package hub.inbox.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that events wait for a provider: one line for the first event, then a line with the number
 * of further ones, at most one a minute and provider. Thread-safe.
 */
public final class Postponements {
  private static final Logger LOG = LoggerFactory.getLogger("hub.handling");

  private final long millis;

  /** Postponed events since the provider's last line; has no entry when that is a minute ago. */
  private final Map<String, Integer> unlogged = new HashMap<>();

  /**
   * @param between minimum time between two lines of one provider
   */
  Postponements(Duration between) {
    this.millis = between.toMillis();
  }

  public void note(String provider, Duration delay, String error) {
    synchronized (this) {
      if (unlogged.containsKey(provider)) {
        unlogged.merge(provider, 1, Integer::sum);
        return;
      }
      unlogged.put(provider, 0);
    }
    log(provider, 1, " seconds=" + delay.toSeconds() + " error=" + error);
    logLater(provider);
  }

  private static void log(String provider, int events, String more) {
    LOG.warn("provider={} outcome=postponed times={}{}", provider, events, more);
  }

  private void logLater(String provider) {
    CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              int events;
              synchronized (this) {
                events = unlogged.getOrDefault(provider, 0);
                if (events == 0) {
                  unlogged.remove(provider);
                } else {
                  unlogged.put(provider, 0);
                }
              }
              if (events > 0) {
                log(provider, events, "");
                logLater(provider);
              }
            });
  }
}
