package hub.call.policy;

import hub.config.Setting;
import hub.config.Settings;
import java.time.Duration;

/**
 * Time limits and retries of a call.
 *
 * @param attempt limit for one attempt, from connecting to the last byte of the response
 * @param total limit for all attempts and the waits between them
 * @param retries most retries after the first attempt
 */
public record CallLimits(Duration attempt, Duration total, int retries) {
  static CallLimits of(Settings settings) {
    return new CallLimits(
        Duration.ofSeconds(settings.count(Setting.CALL_ATTEMPT_SECONDS)),
        Duration.ofSeconds(settings.count(Setting.CALL_TOTAL_SECONDS)),
        settings.count(Setting.CALL_RETRIES));
  }
}
