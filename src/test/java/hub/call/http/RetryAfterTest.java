package hub.call.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "7,7",
    " 30 ,30",
    "86400,86400",
    "999999999,86400",
    "9223372036854775807,86400"
  })
  void seconds_up_to_a_day(String value, long seconds) {
    assertThat(RetryAfter.parse(value, NOW)).contains(Duration.ofSeconds(seconds));
  }

  @Test
  void a_date_counts_from_now_and_never_backwards() {
    assertThat(RetryAfter.parse("Mon, 23 Nov 2026 12:01:30 GMT", NOW))
        .contains(Duration.ofSeconds(90));
    assertThat(RetryAfter.parse("Sun, 22 Nov 2026 12:01:30 GMT", NOW)).contains(Duration.ZERO);
  }

  @ParameterizedTest
  @CsvSource({"soon", "-5", "1.5", "''", "23 Nov"})
  void what_cannot_be_read_is_as_good_as_absent(String value) {
    assertThat(RetryAfter.parse(value, NOW)).isEmpty();
  }
}
