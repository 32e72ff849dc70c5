package hub.identity.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.http.SourceAddress;
import hub.http.problem.ProblemException;
import hub.testing.SettableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoginLimiterTest {
  private static final SourceAddress OFFICE = new SourceAddress("192.0.2.1", "192.0.2.1", true);

  private final SettableClock clock = SettableClock.standing();
  private final LoginLimiter shares = new LoginLimiter(clock);

  private void take(SourceAddress source, int times) {
    for (int i = 0; i < times; i++) {
      shares.take(source);
    }
  }

  @Test
  void a_network_begins_so_many_logins_in_ten_minutes_and_no_other_is_held_up() {
    take(OFFICE, LoginLimiter.MAX_LOGINS);
    clock.advance(Duration.ofMinutes(9));

    assertThatThrownBy(() -> shares.take(OFFICE))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.problem().status()).isEqualTo(429);
              assertThat(refusal.problem().reason()).isEqualTo("rate-limited");
              assertThat(refusal.problem().retryAfterSeconds()).hasValue(61);
            });
    shares.take(new SourceAddress("192.0.2.2", "192.0.2.2", true));
    clock.advance(Duration.ofMinutes(1));
    shares.take(OFFICE);
  }

  @Test
  void this_machine_and_a_trusted_proxy_may_begin_as_many_as_they_like() {
    take(new SourceAddress("127.0.0.1", "127.0.0.1", false), 2 * LoginLimiter.MAX_LOGINS);
  }

  @Test
  void a_network_that_came_back_is_not_forgotten_for_others() {
    take(OFFICE, 1);
    clock.advance(LoginAttempts.LIFETIME);
    for (int i = 1; i < LoginLimiter.MAX_NETWORKS; i++) {
      String network = "10." + i / 256 + "." + i % 256 + ".1";
      shares.take(new SourceAddress(network, network, true));
    }
    take(OFFICE, LoginLimiter.MAX_LOGINS);
    shares.take(new SourceAddress("10.99.99.1", "10.99.99.1", true));

    assertThatThrownBy(() -> shares.take(OFFICE)).isInstanceOf(ProblemException.class);
  }
}
