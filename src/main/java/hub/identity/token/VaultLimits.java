package hub.identity.token;

import hub.config.Setting;
import hub.config.Settings;
import java.time.Duration;

/**
 * Timeouts of the vault.
 *
 * @param total for a token, when the stored one has expired
 * @param patience for a new token, while the stored one is valid
 * @param lease after this long without a renewal by the refreshing node another node may refresh
 * @param grace at the stop, for running refreshes
 */
record VaultLimits(Duration total, Duration patience, Duration lease, Duration grace) {
  /** Short, because the stored token can still be used. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Longer than a pause of a busy process, shorter than callers wait for a token. */
  private static final Duration LEASE = Duration.ofSeconds(10);

  /** Fits into the time that the stop has for closing. */
  private static final Duration GRACE = Duration.ofSeconds(3);

  static VaultLimits of(Settings settings) {
    return new VaultLimits(
        Duration.ofSeconds(settings.count(Setting.CALL_TOTAL_SECONDS)), PATIENCE, LEASE, GRACE);
  }
}
