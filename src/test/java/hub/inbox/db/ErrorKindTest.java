package hub.inbox.db;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.Hubs;
import hub.testing.Store;
import hub.testing.TestHub;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both databases group errors alike. */
@Tag("postgres")
class ErrorKindTest {
  private static final Hubs HUBS =
      new Hubs(store -> TestHub.on(store).routeFile("policies/retry-then-park.camel.yaml").start());

  @AfterAll
  static void stop() {
    HUBS.close();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_varies_is_a_sign_and_what_tells_causes_apart_stays(Store store) {
    assertThat(kind(store, "HTTP 503 of evt_1Pq8, not 404")).isEqualTo("HTTP 503 of #, not 404");
    assertThat(kind(store, "order 10023 (a1, ab1, abc1, 1abc, 123, _1_2)"))
        .isEqualTo("order # (a1, ab1, #, #, 123, #)");
    assertThat(
            kind(
                store,
                "no 01a219d4-f80f-7299-8000-000000989299 or AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee"))
        .isEqualTo("no # or #");
    assertThat(kind(store, "at 2026-11-26 21:54:22.133")).isEqualTo("at #-11-26 21:54:22.133");
    assertThat(kind(store, "words only, déjà vu")).isEqualTo("words only, déjà vu");
    assertThat(kind(store, null)).isEmpty();
    assertThat(kind(store, "x ".repeat(300))).hasSize(200);
  }

  private static String kind(Store store, String error) {
    TestHub hub = HUBS.on(store);
    return hub.query(
            "SELECT "
                + ErrorKind.sql(hub.database().dialect(), "t.e")
                + " FROM (SELECT CAST(? AS varchar) AS e) t",
            error)
        .orElseThrow();
  }
}
