package hub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hub.testing.RawHttp;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests beyond the hub's capacity are rejected cheaply. Slow: a request waits longer than a
 * sender does.
 */
@Tag("long") // waits for a crowd to be served
@Tag("slow")
@Tag("waits")
class OverloadTest {
  private static final int THREADS = 64;
  private static final int BUDGET = 4 << 20;

  private static final CountDownLatch GO = new CountDownLatch(1);
  private static final AtomicInteger BUSY = new AtomicInteger();

  private static TestHub hub;

  @BeforeAll
  static void startHub() {
    Processor busy =
        exchange -> {
          BUSY.incrementAndGet();
          GO.await(30, TimeUnit.SECONDS);
        };
    hub =
        TestHub.on(Store.H2)
            .with("hub.http.bodies-max-bytes", Integer.toString(BUDGET))
            .bind("busy", busy)
            .route("busy", route("busy", "process: {ref: busy}"))
            .route("size", route("size", "setBody: {simple: {expression: \"${body.length}\"}}"))
            .start();
  }

  @AfterAll
  static void stopHub() {
    GO.countDown();
    if (hub != null) {
      hub.close();
    }
  }

  private static String route(String name, String step) {
    return """
        - route:
            id: %1$s
            description: Takes a body.
            from:
              uri: platform-http:/%1$s
              steps:
                - %2$s
        """
        .formatted(name, step);
  }

  private static RawHttp request(String method, String path, int length) throws Exception {
    return new RawHttp(hub.port())
        .head(method + " " + path + " HTTP/1.1", "Host: hub", "Content-Length: " + length);
  }

  @Test
  @Timeout(60)
  void what_waited_longer_than_a_sender_does_is_refused_before_it_is_done() throws Exception {
    List<RawHttp> open = new ArrayList<>();
    try {
      for (int i = 0; i < THREADS; i++) {
        open.add(request("POST", "/busy", 0));
      }
      await().until(() -> BUSY.get() == THREADS);
      RawHttp late = request("POST", "/busy", 0);
      open.add(late);
      TimeUnit.MILLISECONDS.sleep(5_500);
      GO.countDown();

      RawHttp.Reply reply = late.reply();
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.body()).contains("overloaded");
      assertThat(reply.header("Retry-After")).isPresent();
      assertThat(BUSY).hasValue(THREADS);
    } finally {
      for (RawHttp one : open) {
        one.close();
      }
    }
  }

  @Test
  void a_body_without_room_is_refused_and_a_small_one_beside_it_is_not() throws Exception {
    List<RawHttp> open = new ArrayList<>();
    try {
      int unfinished = (1 << 20) - 1;
      List<Integer> statuses = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        RawHttp one = request("POST", "/size", unfinished + 1);
        open.add(one);
        try {
          one.write(new byte[unfinished]);
        } catch (java.io.IOException refused) {
          // Its response can still be read.
        }
      }
      try (RawHttp small = request("POST", "/size", 100).write(new byte[100])) {
        assertThat(small.reply().status()).isEqualTo(200);
      }
      for (RawHttp one : open) {
        try {
          one.write(new byte[1]);
          statuses.add(one.reply().status());
        } catch (java.io.IOException cut) {
          statuses.add(503);
        }
      }
      assertThat(statuses).contains(503, 200);
    } finally {
      for (RawHttp one : open) {
        one.close();
      }
    }
  }

  @Test
  void requests_that_need_no_body_and_keys_to_sign_in_with_get_little() throws Exception {
    for (Map.Entry<String, String> one :
        Map.of(
                "/size", "GET",
                "/console/sign-in", "POST",
                "/api/auth/logout", "POST")
            .entrySet()) {
      try (RawHttp request = request(one.getValue(), one.getKey(), 8_193).write(new byte[8_193])) {
        RawHttp.Reply reply = request.reply();
        assertThat(reply.status()).as(one.getKey()).isEqualTo(413);
        assertThat(reply.body()).contains("8192 bytes");
      }
    }
    try (RawHttp request = request("POST", "/size", 8_193).write(new byte[8_193])) {
      assertThat(request.reply().body()).isEqualTo("8193");
    }
  }

  @Test
  void a_body_that_goes_on_after_its_answer_is_cut_off() throws Exception {
    try (RawHttp sender = new RawHttp(hub.port())) {
      sender.head("POST /nothing HTTP/1.1", "Host: hub", "Content-Length: 1000000000");
      assertThat(sender.reply().status()).isEqualTo(404);
      byte[] part = new byte[64 * 1024];
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  sender.write(part);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }
}
