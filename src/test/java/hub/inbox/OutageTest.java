package hub.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.FaultyLine;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Test;

/** The store goes away and comes back. */
class OutageTest {
  private static final String HANDLER =
      """
      - route:
          id: note-%1$s
          description: Counts.
          from:
            uri: inbox:shop
            steps:
              - process: {ref: count}
      """;

  @Test
  void the_wait_doubles_with_every_failure_in_a_row() {
    assertThat(LongStream.iterate(0, Dispatcher::nextBackoff).limit(9))
        .containsExactly(0L, 100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L);
  }

  @Test
  void an_outage_is_told_once_however_many_handlers_there_are_and_so_is_its_end() throws Exception {
    AtomicInteger count = new AtomicInteger();
    Processor counting = exchange -> count.incrementAndGet();
    TestHub.Builder builder =
        TestHub.on(Store.POSTGRESQL).bind("count", counting).with("hub.inbox.poll-seconds", "1");
    List.of("a", "b", "c", "d").forEach(n -> builder.route("note-" + n, HANDLER.formatted(n)));
    try (FaultyLine line = builder.line();
        TestHub hub = builder.over(line).start();
        LogLines lines = LogLines.of("hub.inbox")) {
      line.cut();
      await().until(() -> !lines.lines().isEmpty());
      // Long enough for each handler to have tried several times.
      await().pollDelay(Duration.ofSeconds(4)).until(() -> true);
      line.mend();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> lines.lines().stream().anyMatch(text -> text.contains("outcome=back")));

      assertThat(lines.lines())
          .hasSize(2)
          .first()
          .asString()
          .startsWith("WARN inbox=store outcome=away");
      hub.append("shop", "1", "any", null, "{}");
      await().until(() -> count.get() == 4);
    }
  }
}
