package hub.identity.session;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.Settings;
import hub.testing.Hubs;
import hub.testing.SettableClock;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("postgres")
class SessionsTest {
  private static final Hubs HUBS =
      new Hubs(
          store -> TestHub.on(store).routeFile("github/github-show-repository.camel.yaml").start());

  private static final Person ADA = new Person("github", "1815", "Ada", "ada@example.com");

  private final SettableClock clock = SettableClock.standing();

  @AfterAll
  static void stop() {
    HUBS.close();
  }

  private Sessions sessions(Store store) {
    Map<String, String> settings =
        Map.of("hub.login.session-idle-minutes", "30", "hub.login.session-days", "2");
    return new Sessions(
        HUBS.on(store).database(),
        new Settings(key -> Optional.ofNullable(settings.get(key))),
        clock);
  }

  @ParameterizedTest
  @EnumSource
  void a_session_is_found_by_its_cookie_until_it_is_ended(Store store) {
    Sessions sessions = sessions(store);
    Person grace = new Person("github", "1906", "Grace", "");
    String id = sessions.open(grace);

    assertThat(sessions.find(id)).contains(grace);
    assertThat(sessions.hasAny(grace)).isTrue();

    sessions.end(id);

    assertThat(sessions.find(id)).isEmpty();
    assertThat(sessions.hasAny(grace)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void the_store_has_the_hash_alone(Store store) {
    String id = sessions(store).open(ADA);

    assertThat(HUBS.on(store).query("SELECT id_hash FROM login_session WHERE id_hash = ?", id))
        .isEmpty();
    assertThat(
            HUBS.on(store)
                .query(
                    "SELECT provider FROM login_session WHERE id_hash = ?", RandomSecret.hash(id)))
        .contains("github");
  }

  @ParameterizedTest
  @EnumSource
  void an_idle_session_ends_and_one_in_use_goes_on(Store store) {
    Sessions sessions = sessions(store);
    String used = sessions.open(ADA);
    String idle = sessions.open(ADA);

    clock.advance(Duration.ofMinutes(20));
    assertThat(sessions.find(used)).isPresent();
    clock.advance(Duration.ofMinutes(20));

    assertThat(sessions.find(used)).isPresent();
    assertThat(sessions.find(idle)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void a_session_in_use_ends_for_its_age(Store store) {
    Sessions sessions = sessions(store);
    String id = sessions.open(ADA);
    for (int minutes = 0; minutes < 2 * 24 * 60 - 20; minutes += 20) {
      clock.advance(Duration.ofMinutes(20));
      assertThat(sessions.find(id)).isPresent();
    }

    clock.advance(Duration.ofMinutes(20));

    assertThat(sessions.find(id)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void a_session_in_use_is_written_to_once_a_minute(Store store) {
    Sessions sessions = sessions(store);
    String id = sessions.open(ADA);
    String seen = "SELECT CAST(last_seen_at AS varchar(40)) FROM login_session WHERE id_hash = ?";
    Optional<String> begun = HUBS.on(store).query(seen, RandomSecret.hash(id));

    clock.advance(Duration.ofSeconds(59));
    assertThat(sessions.find(id)).isPresent();
    assertThat(HUBS.on(store).query(seen, RandomSecret.hash(id))).isEqualTo(begun);

    clock.advance(Duration.ofSeconds(2));
    assertThat(sessions.find(id)).isPresent();
    assertThat(HUBS.on(store).query(seen, RandomSecret.hash(id))).isNotEqualTo(begun);
  }

  @ParameterizedTest
  @EnumSource
  void a_login_ends_the_session_that_was_there(Store store) {
    Sessions sessions = sessions(store);
    String planted = sessions.open(new Person("github", "666", "Eve", ""));

    String own = sessions.replace(planted, ADA);

    assertThat(own).isNotEqualTo(planted);
    assertThat(sessions.find(planted)).isEmpty();
    assertThat(sessions.find(own)).contains(ADA);
  }

  @ParameterizedTest
  @EnumSource
  void what_has_run_out_is_deleted_and_the_rest_stays(Store store) {
    Sessions sessions = sessions(store);
    sessions.expire();
    sessions.open(ADA);
    clock.advance(Duration.ofMinutes(31));
    String young = sessions.open(ADA);

    assertThat(sessions.expire()).isGreaterThanOrEqualTo(1);

    assertThat(sessions.find(young)).isPresent();
    assertThat(sessions.expire()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "' OR 1=1 --", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "\u0000"})
  void any_other_cookie_is_nobody(String cookie) {
    Sessions sessions = sessions(Store.H2);

    assertThat(sessions.find(cookie)).isEmpty();
    sessions.end(cookie);
  }

  @Test
  void the_cookie_is_secure_but_for_http_on_this_machine() {
    assertThat(new SessionCookie("https://hub.example.com").set("abc"))
        .isEqualTo("__Host-hub_session=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
    assertThat(new SessionCookie("http://hub.example.com").set("abc"))
        .startsWith("hub_session=abc;")
        .contains("; Secure");
    assertThat(new SessionCookie("https://localhost").set("abc"))
        .startsWith("__Host-hub_session=abc;")
        .contains("; Secure");
    assertThat(new SessionCookie("https://localhost").clear())
        .startsWith("__Host-hub_session=;")
        .contains("; Secure", "; Path=/;", "; Max-Age=0");
    assertThat(new SessionCookie("http://localhost:8080").set("abc"))
        .isEqualTo("hub_session=abc; Path=/; HttpOnly; SameSite=Lax");
    assertThat(new SessionCookie("http://localhost:8080").clear())
        .isEqualTo("hub_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
  }
}
