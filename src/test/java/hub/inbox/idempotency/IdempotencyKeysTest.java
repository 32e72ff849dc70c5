package hub.inbox.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hub.config.Settings;
import hub.db.Database;
import hub.testing.Store;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
@Tag("waits")
class IdempotencyKeysTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(50);

  @TempDir Path folder;
  private Database database;

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_key_is_new_once_and_a_duplicate_when_it_is_done(Store store) {
    IdempotencyKeys keys = open(store, LONG);

    assertThat(keys.add("mail")).isTrue();
    assertThat(keys.contains("mail")).as("in progress is not done").isFalse();
    assertThat(keys.confirm("mail")).isTrue();

    assertThat(keys.contains("mail")).isTrue();
    assertThat(keys.add("mail")).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void of_those_who_race_for_a_key_one_gets_it_and_the_rest_are_told_to_come_back(Store store)
      throws Exception {
    IdempotencyKeys keys = open(store, LONG);
    int racers = 8;
    ExecutorService threads = Executors.newFixedThreadPool(racers);
    try {
      for (int round = 0; round < 20; round++) {
        String key = "race-" + round;
        CyclicBarrier start = new CyclicBarrier(racers);
        Callable<Boolean> racer =
            () -> {
              start.await();
              try {
                return keys.add(key);
              } catch (KeyInProgressException e) {
                return null;
              }
            };
        List<Boolean> outcomes = new ArrayList<>();
        for (Future<Boolean> one :
            threads.invokeAll(java.util.Collections.nCopies(racers, racer))) {
          outcomes.add(one.get());
        }
        assertThat(outcomes).containsOnlyOnce(true).doesNotContain(false);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_key_in_progress_elsewhere_is_no_duplicate_but_a_reason_to_come_back(Store store) {
    IdempotencyKeys here = open(store, LONG);
    IdempotencyKeys elsewhere = new IdempotencyKeys(database, LONG);
    elsewhere.add("mail");

    assertThatThrownBy(() -> here.add("mail"))
        .isInstanceOfSatisfying(
            KeyInProgressException.class,
            e -> assertThat(e.postponedFor()).hasValue(Duration.ofSeconds(10)))
        .hasMessageContaining("mail");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void nobody_waits_for_a_key_longer_than_its_lease(Store store) {
    IdempotencyKeys here = open(store, LONG);
    new IdempotencyKeys(database, Duration.ofSeconds(5)).add("mail");

    assertThatThrownBy(() -> here.add("mail"))
        .isInstanceOfSatisfying(
            KeyInProgressException.class,
            e ->
                assertThat(e.postponedFor().orElseThrow())
                    .isLessThanOrEqualTo(Duration.ofSeconds(5)));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_key_whose_holder_died_is_taken_over_by_one_when_its_lease_has_run_out(Store store) {
    IdempotencyKeys dead = open(store, SHORT);
    dead.add("mail");
    IdempotencyKeys heir = new IdempotencyKeys(database, LONG);
    IdempotencyKeys late = new IdempotencyKeys(database, LONG);

    await().ignoreExceptionsInstanceOf(KeyInProgressException.class).until(() -> heir.add("mail"));

    assertThatThrownBy(() -> late.add("mail")).isInstanceOf(KeyInProgressException.class);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void whoever_lost_the_lease_neither_confirms_nor_frees_the_heirs_key(Store store) {
    IdempotencyKeys slow = open(store, SHORT);
    slow.add("one");
    slow.add("two");
    IdempotencyKeys heir = new IdempotencyKeys(database, LONG);
    await().ignoreExceptionsInstanceOf(KeyInProgressException.class).until(() -> heir.add("one"));
    await().ignoreExceptionsInstanceOf(KeyInProgressException.class).until(() -> heir.add("two"));

    assertThat(slow.confirm("one")).isFalse();
    assertThat(slow.remove("two")).isFalse();

    assertThat(heir.contains("one")).isFalse();
    assertThat(heir.confirm("two")).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_failure_frees_the_key_for_the_next_attempt(Store store) {
    IdempotencyKeys keys = open(store, LONG);
    keys.add("mail");

    assertThat(keys.remove("mail")).isTrue();

    assertThat(keys.add("mail")).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_exchange_may_come_back_to_the_key_it_holds_and_another_may_not(Store store)
      throws Exception {
    IdempotencyKeys keys = open(store, LONG);
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      Exchange redelivered = new DefaultExchange(context);
      Exchange other = new DefaultExchange(context);

      assertThat(keys.add(redelivered, "mail")).isTrue();
      assertThat(keys.add(redelivered, "mail")).isTrue();

      assertThatThrownBy(() -> keys.add(other, "mail")).isInstanceOf(KeyInProgressException.class);
      assertThat(keys.confirm(redelivered, "mail")).isTrue();
      assertThat(keys.add(other, "mail")).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void the_same_key_of_another_route_is_another_key(Store store) throws Exception {
    IdempotencyKeys keys = open(store, LONG);
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      Exchange one = new DefaultExchange(context);
      one.getExchangeExtension().setFromRouteId("one");
      Exchange two = new DefaultExchange(context);
      two.getExchangeExtension().setFromRouteId("two");

      assertThat(keys.add(one, "mail")).isTrue();
      assertThat(keys.add(two, "mail")).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void keys_may_be_of_any_length_and_of_any_characters(Store store) {
    IdempotencyKeys keys = open(store, LONG);
    String prefix = "k".repeat(5_000);

    for (String key : List.of(prefix + "1", prefix + "2", "ключ", "\0", "\uD800", "\uDC00")) {
      assertThat(keys.add(key)).as(key).isTrue();
      assertThat(keys.confirm(key)).isTrue();
      assertThat(keys.add(key)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_empty_key_is_refused_because_everything_would_be_the_same(Store store) {
    IdempotencyKeys keys = open(store, LONG);

    assertThatThrownBy(() -> keys.add("")).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_was_done_longer_ago_than_events_are_kept_is_forgotten(Store store) throws Exception {
    IdempotencyKeys keys = open(store, LONG);
    for (String key : List.of("old", "young", "given-up")) {
      keys.add(key);
    }
    keys.confirm("old");
    keys.confirm("young");
    sql("UPDATE idempotency_key SET done_at = done_at - INTERVAL '31' DAY WHERE key_text = 'old'");
    sql(
        "UPDATE idempotency_key SET lease_until = lease_until - INTERVAL '31' DAY WHERE key_text = 'given-up'");

    assertThat(keys.expire(30)).isEqualTo(2);

    assertThat(keys.add("young")).isFalse();
    assertThat(keys.add("old")).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void stopping_one_route_leaves_the_keys_to_the_others(Store store) {
    IdempotencyKeys keys = open(store, LONG);
    keys.add("mail");

    keys.stop();

    assertThat(keys.confirm("mail")).isTrue();
  }

  @Test
  void an_embedded_database_frees_at_the_start_what_its_only_process_left_unfinished() {
    IdempotencyKeys keys = open(Store.H2, LONG);
    keys.add("left");
    keys.add("done");
    keys.confirm("done");

    keys.releaseAll();

    assertThat(keys.add("left")).isTrue();
    assertThat(keys.add("done")).isFalse();
  }

  private void sql(String statement) throws SQLException {
    database.inTransaction(
        connection -> {
          try (var s = connection.createStatement()) {
            return s.executeUpdate(statement);
          }
        });
  }

  private IdempotencyKeys open(Store store, Duration lease) {
    Map<String, String> values = new HashMap<>(store.fresh(folder));
    values.put("hub.data-dir", folder.toString());
    database = Database.open(new Settings(key -> Optional.ofNullable(values.get(key))));
    return new IdempotencyKeys(database, lease);
  }
}
