package hub.identity.token;

import hub.config.Setting;
import hub.config.Settings;
import java.time.Duration;

/**
 * How long the vault waits for what.
 *
 * @param total for a token, when there is no other
 * @param patience for a fresh token, while the old one is valid
 * @param lease after this long without a sign of life of the node that refreshes, another one does
 * @param grace at a stop, for refreshes that are under way
 */
record VaultLimits(Duration total, Duration patience, Duration lease, Duration grace) {
  /** Whoever calls with a token that is valid should not wait as if there were none. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Longer than a pause of a busy process, shorter than anybody waits for a token. */
  private static final Duration LEASE = Duration.ofSeconds(10);

  /** Fits into the time that a stop has for closing. */
  private static final Duration GRACE = Duration.ofSeconds(3);

  static VaultLimits of(Settings settings) {
    return new VaultLimits(
        Duration.ofSeconds(settings.count(Setting.CALL_TOTAL_SECONDS)), PATIENCE, LEASE, GRACE);
  }
}
