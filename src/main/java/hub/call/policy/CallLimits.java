package hub.call.policy;

import hub.config.Setting;
import hub.config.Settings;
import java.time.Duration;

/**
 * How long a call may take and how often it is tried.
 *
 * @param attempt one attempt, from the connection to the answer's last byte
 * @param total all attempts and the waits between them
 * @param retries after the first attempt, at most
 */
public record CallLimits(Duration attempt, Duration total, int retries) {
  static CallLimits of(Settings settings) {
    return new CallLimits(
        Duration.ofSeconds(settings.count(Setting.CALL_ATTEMPT_SECONDS)),
        Duration.ofSeconds(settings.count(Setting.CALL_TOTAL_SECONDS)),
        settings.count(Setting.CALL_RETRIES));
  }
}
