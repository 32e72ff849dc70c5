package hub.http.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import hub.http.SourceAddress;
import hub.http.problem.Problem;
import hub.testing.SettableClock;
import hub.testing.Store;
import hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WrongKeyLimiterTest {
  private static final Problem WRONG = Problem.of(401, "key-wrong", "No.");

  private static TestHub hub;

  @BeforeAll
  static void startHub() {
    hub =
        TestHub.on(Store.H2)
            .with("hub.trusted-proxies", "127.0.0.1, ::1")
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .start();
  }

  @AfterAll
  static void stopHub() {
    hub.close();
  }

  private static HttpResponse<String> signIn(String key, String from) {
    return hub.send(
        "POST",
        "/console/sign-in",
        ("{\"key\":\"" + key + "\"}").getBytes(UTF_8),
        "Origin",
        "http://localhost:8080",
        "X-Forwarded-For",
        from);
  }

  private static HttpResponse<String> ask(String path, String key, String from) {
    return hub.send(
        "GET", path, new byte[0], "Authorization", "Bearer " + key, "X-Forwarded-For", from);
  }

  private static void assertLimited(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.body()).contains("urn:hub:problem:rate-limited");
    assertThat(Integer.parseInt(answer.headers().firstValue("Retry-After").orElseThrow()))
        .isBetween(1, 61);
  }

  @Test
  void whoever_has_the_operators_key_signs_in_whatever_others_guess() {
    String guesser = "198.51.100.1";
    for (int i = 0; i < 10; i++) {
      assertThat(signIn("wrong-" + i, guesser).statusCode()).isEqualTo(401);
    }

    assertLimited(signIn("wrong-10", guesser));
    assertThat(signIn("wrong-11", "198.51.100.2").statusCode()).isEqualTo(401);
    assertThat(signIn(TestHub.ADMIN_KEY, guesser).statusCode()).isEqualTo(200);
    assertLimited(signIn("wrong-12", guesser));
  }

  @Test
  void guesses_at_keys_of_callers_and_operators_are_limited_alike() {
    String guesser = "2001:db8::1";
    for (int i = 0; i < 5; i++) {
      assertThat(ask("/api/admin/events", "wrong-" + i, guesser).body()).contains("key-wrong");
      assertThat(ask("/api/auth/tokens/github/1", "wrong-" + i, "2001:db8::" + i).body())
          .contains("key-wrong");
    }

    assertLimited(ask("/api/admin/events", "wrong", guesser));
    assertLimited(ask("/api/openapi.json", "wrong", "2001:db8::ffff"));
    assertLimited(signIn("wrong", guesser));
    assertThat(ask("/api/admin/events", TestHub.ADMIN_KEY, guesser).statusCode()).isEqualTo(200);
    assertThat(ask("/api/openapi.json", TestHub.API_KEY, guesser).statusCode()).isEqualTo(200);
    assertThat(ask("/api/admin/events", "wrong", "2001:db8:0:1::1").statusCode()).isEqualTo(401);
  }

  @Test
  void a_trusted_proxy_is_not_limited_itself() {
    for (int i = 0; i < 20; i++) {
      assertThat(ask("/api/admin/events", "wrong-" + i, "unknown").statusCode()).isEqualTo(401);
    }
  }

  @Test
  void a_minute_later_all_is_forgotten_and_no_more_than_ten_thousand_are_remembered() {
    SettableClock clock = SettableClock.standing();
    WrongKeyLimiter wrong = new WrongKeyLimiter(clock);
    SourceAddress one = new SourceAddress("a", "a", true);
    for (int i = 0; i < 10; i++) {
      assertThat(wrong.note(one, WRONG)).isSameAs(WRONG);
    }
    assertThat(wrong.note(one, WRONG).retryAfterSeconds()).hasValue(61);
    clock.advance(Duration.ofSeconds(60));
    assertThat(wrong.note(one, WRONG)).isSameAs(WRONG);

    for (int i = 0; i < 9; i++) {
      wrong.note(one, WRONG);
    }
    assertThat(wrong.note(one, WRONG).status()).isEqualTo(429);
    for (int i = 0; i < 10_000; i++) {
      wrong.note(new SourceAddress("b" + i, "b" + i, true), WRONG);
    }
    assertThat(wrong.note(one, WRONG)).isSameAs(WRONG);
  }
}
