package hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.testing.HubProcess;
import hub.testing.Siege;
import hub.testing.Store;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A hub whose heap is used up ends, so that whoever supervises it starts it again. Slow: a heap is
 * filled by a JVM as it is in use.
 */
@Tag("faults")
@Tag("process")
@Tag("slow")
class OutOfMemoryTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** More than any heap here. */
  private static final String TOO_LARGE = "SELECT LENGTH(REPEAT(SPACE(1000000), 2000))";

  /** Its event asks for it. */
  private static final String HANDLER =
      """
      - route:
          id: greedy
          description: Needs more memory than there is.
          from:
            uri: inbox:besieged
            steps:
              - to:
                  id: need-too-much
                  uri: sql:%s
                  parameters:
                    outputType: SelectOne
      """
          .formatted(TOO_LARGE);

  private static void assertEnded(HubProcess hub) {
    assertThat(hub.waitFor(SOON)).as("has ended").isTrue();
    assertThat(hub.exitCode()).isEqualTo(3);
    assertThat(hub.output()).contains("out of memory: the hub ends with exit code 3");
  }

  @Test
  void a_request_that_uses_up_the_heap_ends_the_process_with_3() {
    try (HubProcess hub = Siege.hub(Store.H2).heap("256m").start()) {
      assertThatThrownBy(() -> hub.send("POST", "/api/probe", TOO_LARGE))
          .isInstanceOf(IOException.class);

      assertEnded(hub);
    }
  }

  @Test
  void a_handler_that_uses_up_the_heap_ends_the_process_with_3() throws Exception {
    try (HubProcess hub = Siege.hub(Store.H2).heap("256m").route("greedy", HANDLER).start()) {
      String body = "{\"id\":\"greedy-1\",\"type\":\"ping\"}";
      hub.send("POST", "/api/webhooks/besieged", body, "X-Signature", Siege.signature(body));

      assertEnded(hub);
    }
  }
}
