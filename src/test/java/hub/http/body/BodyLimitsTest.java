package hub.http.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.config.Settings;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BodyLimitsTest {
  private static final long MIB = 1 << 20;
  private static final int OF_GITHUB = 25 << 20;

  private static BodyLimits limits(long heapMib, Map<String, String> set) {
    return new BodyLimits(new Settings(key -> Optional.ofNullable(set.get(key))), heapMib * MIB);
  }

  @Test
  void a_path_takes_its_own_limit_as_long_as_it_has_one() {
    BodyLimits limits = limits(400, Map.of());
    limits.set("/api/webhooks/github", OF_GITHUB);
    assertThat(limits.of("/api/webhooks/github")).isEqualTo(OF_GITHUB);
    assertThat(limits.of("/api/webhooks/stripe")).isEqualTo(1 << 20);

    limits.remove("/api/webhooks/github");
    assertThat(limits.of("/api/webhooks/github")).isEqualTo(1 << 20);
  }

  @Test
  void a_small_heap_lowers_the_limit_of_a_source_and_does_not_stop_the_start() {
    BodyLimits limits = limits(160, Map.of());
    limits.set("/api/webhooks/github", OF_GITHUB);
    assertThat(limits.of("/api/webhooks/github")).isEqualTo(20 << 20);
  }

  @Test
  void a_source_over_half_of_a_chosen_budget_stops_the_start() {
    BodyLimits limits = limits(4_000, Map.of("hub.http.bodies-max-bytes", "40000000"));
    assertThatThrownBy(() -> limits.set("/api/webhooks/github", OF_GITHUB))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxBodyBytes (26214400) is over half of hub.http.bodies-max-bytes");
  }

  @Test
  void everybodys_limit_over_half_of_the_budget_stops_the_start() {
    assertThatThrownBy(() -> limits(4_000, Map.of("hub.http.bodies-max-bytes", "2000000")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hub.webhook.max-body-bytes (1048576) is over half of")
        .hasMessageContaining("(2000000)");
    assertThatThrownBy(() -> limits(64, Map.of("hub.webhook.max-body-bytes", "9000000")))
        .hasMessageContaining("-Xmx");
  }
}
