package hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.FaultyLine;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The hub receives webhooks of its own before it is ready, and nothing is left of them. */
@Tag("postgres")
class WarmUpTest {
  private static final String LOGGER = WarmUp.class.getName();
  private static final List<String> TABLES =
      List.of("inbox_event", "inbox_delivery", "inbox_lane", "inbox_tally");

  @BeforeEach
  void tellHowManyEventsWereAnswered() {
    Configurator.setLevel(LOGGER, Level.DEBUG);
  }

  @AfterEach
  void beSilentAgain() {
    Configurator.setLevel(LOGGER, (Level) null);
  }

  private static TestHub.Builder hub(Store store) {
    return TestHub.on(store).with("hub.warm-up-seconds", "2");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void its_events_are_answered_and_leave_nothing(Store store) {
    try (LogLines own = LogLines.of(LOGGER);
        LogLines all = LogLines.of("");
        TestHub hub = hub(store).start()) {
      assertThat(own.lines()).hasSize(1);
      assertThat(own.lines().get(0)).matches("DEBUG warm-up: answered=\\d{2,}");
      assertThat(all.lines())
          .noneMatch(line -> line.startsWith("INFO") && line.contains("warm-up"))
          .noneMatch(line -> line.startsWith("WARN") || line.startsWith("ERROR"));
      for (String table : TABLES) {
        assertThat(hub.query("SELECT count(*) FROM " + table)).as(table).contains("0");
      }
      assertThat(hub.manage("/observe/metrics").body()).doesNotContain("warm-up");
      assertThat(hub.json("/api/admin/routes").toString()).doesNotContain("warm-up");
      assertThat(hub.context().getRoute("warm-up")).isNull();
      assertThat(
              hub.context().getRegistry().findSingleByType(MeterRegistry.class).getMeters().stream()
                  .filter(meter -> meter.getId().toString().contains("warm-up")))
          .isEmpty();
    }
  }

  @Test
  void a_store_that_is_away_ends_it_at_once() {
    TestHub.Builder builder = TestHub.on(Store.POSTGRESQL).with("hub.warm-up-seconds", "60");
    try (LogLines own = LogLines.of(LOGGER);
        FaultyLine line = builder.line()) {
      line.cut();
      try (TestHub hub = builder.over(line).start()) {
        assertThat(own.lines()).containsExactly("DEBUG warm-up: answered=0");
        assertThat(hub.context().isStarted()).isTrue();
      }
    }
  }

  @Test
  void a_webhook_is_received_after_it_as_without_it() {
    try (TestHub hub =
        hub(Store.H2)
            .routeFile("example/*.camel.yaml")
            .with("EXAMPLE_WEBHOOK_SECRET", "a-secret-long-enough")
            .start()) {
      assertThat(hub.append("example", "evt_1", "greeting.sent", "", "{\"name\":\"Ada\"}"))
          .isNotEmpty();
      assertThat(hub.query("SELECT count(*) FROM inbox_event")).isEqualTo(Optional.of("1"));
    }
  }
}
