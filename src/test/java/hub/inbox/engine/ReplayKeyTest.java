package hub.inbox.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.config.Settings;
import hub.db.Jdbc;
import hub.db.StoreUnavailableException;
import hub.inbox.ReplayKeySpentException;
import hub.inbox.db.Receipt;
import hub.inbox.db.ReplayKey;
import hub.testing.Store;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A token of a request is good once, for the events that it came with. */
@Tag("postgres")
@Tag("waits")
class ReplayKeyTest {
  @TempDir Path folder;

  private static List<Receipt> receipts(CompletableFuture<List<Receipt>> answer) throws Exception {
    return WriterNode.get(answer);
  }

  private static void assertRefused(CompletableFuture<List<Receipt>> answer) {
    assertThatThrownBy(() -> WriterNode.get(answer))
        .hasCauseInstanceOf(ReplayKeySpentException.class)
        .hasMessageContaining("inbox:shop")
        .hasMessageContaining("good once");
  }

  private static boolean isRefused(CompletableFuture<List<Receipt>> answer) throws Exception {
    return WriterNode.get(
        answer.handle((receipts, error) -> error instanceof ReplayKeySpentException));
  }

  @ParameterizedTest
  @EnumSource
  void another_event_under_a_spent_token_is_refused_and_nothing_of_it_stored(Store store)
      throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      assertThat(receipts(node.append("token", "a"))).noneMatch(Receipt::duplicate);

      assertRefused(node.append("token", "b"));
      assertRefused(node.append("token", "a", "b"));

      assertThat(node.stored()).containsExactly("a");
      assertThat(receipts(node.append("another", "b"))).noneMatch(Receipt::duplicate);
      assertThat(receipts(node.append(WriterNode.event("c")))).noneMatch(Receipt::duplicate);
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_same_events_under_the_same_token_are_duplicates(Store store) throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      List<Receipt> first = receipts(node.append("token", "a", "b"));

      List<Receipt> again = receipts(node.append("token", "a", "b"));

      assertThat(again).allMatch(Receipt::duplicate);
      assertThat(again).extracting(Receipt::id).isEqualTo(first.stream().map(Receipt::id).toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_stored_event_under_a_new_token_is_a_duplicate_and_spends_it(Store store) throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      receipts(node.append("first", "a"));

      assertThat(receipts(node.append("second", "a"))).allMatch(Receipt::duplicate);

      assertRefused(node.append("second", "b"));
      assertThat(node.stored()).containsExactly("a");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_token_of_another_source_is_another_token(Store store) throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      receipts(node.append("token", "a"));

      assertThat(
              receipts(
                  node.append(
                      List.of(WriterNode.eventOf("mill", "a")),
                      Optional.of(ReplayKey.of("mill", "token")))))
          .noneMatch(Receipt::duplicate);
    }
  }

  @ParameterizedTest
  @EnumSource
  void of_one_batch_the_first_has_the_token_and_the_others_are_stored_or_repeat_it(Store store)
      throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      List<CompletableFuture<List<Receipt>>> answers = new ArrayList<>();
      node.duringCommit(
          () -> {
            answers.add(node.append("token", "a"));
            answers.add(node.append("token", "b"));
            answers.add(node.append("token", "a"));
            answers.add(node.append(WriterNode.event("c")));
            answers.add(node.append("another", "d", "e"));
          });

      assertThat(receipts(answers.get(0))).noneMatch(Receipt::duplicate);
      assertRefused(answers.get(1));
      assertThat(receipts(answers.get(2))).allMatch(Receipt::duplicate);
      assertThat(receipts(answers.get(2)).get(0).id())
          .isEqualTo(receipts(answers.get(0)).get(0).id());
      assertThat(receipts(answers.get(3))).hasSize(1).noneMatch(Receipt::duplicate);
      assertThat(receipts(answers.get(4))).hasSize(2).noneMatch(Receipt::duplicate);
      assertThat(node.batches()).as("one commit without the refused").containsExactly(1, 5);
      assertThat(node.stored()).containsExactly("a", "c", "d", "e");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_commit_that_fails_spends_nothing(Store store) throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      node.afterAppend(
          () -> {
            throw new SQLException("the connection is broken", "08006");
          });
      assertThatThrownBy(() -> receipts(node.append("token", "a")))
          .hasCauseInstanceOf(StoreUnavailableException.class);
      assertThat(node.tokens()).isZero();

      node.afterAppend(() -> {});
      assertThat(receipts(node.append("token", "b"))).noneMatch(Receipt::duplicate);
      assertRefused(node.append("token", "a"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_event_that_the_database_refuses_spends_nothing(Store store) throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      List<CompletableFuture<List<Receipt>>> answers = new ArrayList<>();
      node.duringCommit(
          () -> {
            answers.add(
                node.append(
                    List.of(WriterNode.event("a"), WriterNode.eventOf("s".repeat(65), "refused")),
                    Optional.of(ReplayKey.of("shop", "token"))));
            answers.add(node.append("token", "b"));
          });

      assertThatThrownBy(() -> receipts(answers.get(0))).hasCauseInstanceOf(SQLException.class);
      assertThat(receipts(answers.get(1))).noneMatch(Receipt::duplicate);
      assertThat(node.stored()).containsExactly("b");
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_has_no_token_asks_for_none(Store store) throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      node.beforeSpend(
          () -> {
            throw new IllegalStateException("no statement for tokens");
          });

      assertThat(receipts(node.append(WriterNode.event("a")))).hasSize(1);
      assertThat(receipts(node.append(WriterNode.events("b", "c")))).hasSize(2);
    }
  }

  /** One node has spent the token and not committed yet. */
  private interface Meanwhile {
    CompletableFuture<List<Receipt>> append(WriterNode other);
  }

  /** Holds a first node before its commit until another one has come to the same token. */
  private static List<CompletableFuture<List<Receipt>>> race(
      WriterNode first, WriterNode other, boolean commits, Meanwhile meanwhile) throws Exception {
    CountDownLatch spent = new CountDownLatch(1);
    CountDownLatch met = new CountDownLatch(1);
    first.afterAppend(
        () -> {
          spent.countDown();
          met.await();
          if (!commits) {
            throw new SQLException("the connection is broken", "08006");
          }
        });
    other.beforeSpend(met::countDown);
    CompletableFuture<List<Receipt>> held = first.append("token", "a");
    spent.await();
    return List.of(held, meanwhile.append(other));
  }

  @ParameterizedTest
  @EnumSource
  void of_two_nodes_the_one_that_commits_first_has_the_token(Store store) throws Exception {
    try (WriterNode first = WriterNode.on(store, folder);
        WriterNode other = first.beside()) {
      var answers = race(first, other, true, node -> node.append("token", "b"));

      assertThat(receipts(answers.get(0))).noneMatch(Receipt::duplicate);
      assertRefused(answers.get(1));
      assertThat(first.stored()).containsExactly("a");
    }
  }

  @ParameterizedTest
  @EnumSource
  void of_two_nodes_with_the_same_event_the_second_finds_a_duplicate(Store store) throws Exception {
    try (WriterNode first = WriterNode.on(store, folder);
        WriterNode other = first.beside()) {
      var answers = race(first, other, true, node -> node.append("token", "a"));

      assertThat(receipts(answers.get(0))).noneMatch(Receipt::duplicate);
      assertThat(receipts(answers.get(1))).allMatch(Receipt::duplicate);
      assertThat(receipts(answers.get(1)).get(0).id())
          .isEqualTo(receipts(answers.get(0)).get(0).id());
    }
  }

  @ParameterizedTest
  @EnumSource
  void where_the_first_node_fails_the_other_has_the_token(Store store) throws Exception {
    try (WriterNode first = WriterNode.on(store, folder);
        WriterNode other = first.beside()) {
      var answers = race(first, other, false, node -> node.append("token", "b"));

      assertThatThrownBy(() -> receipts(answers.get(0)))
          .hasCauseInstanceOf(StoreUnavailableException.class);
      assertThat(receipts(answers.get(1))).noneMatch(Receipt::duplicate);
      assertThat(first.stored()).containsExactly("b");
    }
  }

  @ParameterizedTest
  @EnumSource
  void of_many_pairs_on_two_nodes_exactly_one_of_each_is_stored(Store store) throws Exception {
    int pairs = 200;
    try (WriterNode first = WriterNode.on(store, folder);
        WriterNode other = first.beside()) {
      List<CompletableFuture<List<Receipt>>> answers = new ArrayList<>();
      for (int i = 0; i < pairs; i++) {
        // Each node has the one half first and the other half second.
        WriterNode begins = i % 2 == 0 ? first : other;
        answers.add(begins.append("token" + i, "a" + i));
        answers.add((begins == first ? other : first).append("token" + i, "b" + i));
      }

      for (int i = 0; i < pairs; i++) {
        boolean aRefused = isRefused(answers.get(2 * i));
        boolean bRefused = isRefused(answers.get(2 * i + 1));
        assertThat(aRefused).as("one of pair %d", i).isNotEqualTo(bRefused);
        assertThat(receipts(answers.get(aRefused ? 2 * i + 1 : 2 * i)))
            .noneMatch(Receipt::duplicate);
        assertThat(first.stored()).contains((aRefused ? "b" : "a") + i);
      }
      assertThat(first.stored()).hasSize(pairs);
      assertThat(first.tokens()).isEqualTo(pairs);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_token_is_known_for_a_month_and_as_long_as_its_event(Store store) throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      receipts(node.append("of-the-finished", "finished"));
      receipts(node.append("of-the-dead", "dead", "dead-too"));
      node.database()
          .inTransaction(
              connection ->
                  Jdbc.update(
                      connection,
                      "INSERT INTO inbox_delivery (event_id, route, source, status, attempts)"
                          + " SELECT id, 'broken', source, 'dead', 1 FROM inbox_event WHERE provider_event_id LIKE 'dead%'"));

      assertThat(deleteOld(node, 29)).as("seven days are over").isEqualTo(1);
      assertThat(node.stored()).containsExactly("dead", "dead-too");
      assertRefused(node.append("of-the-finished", "new"));
      assertRefused(node.append("of-the-finished", "finished"));

      assertThat(deleteOld(node, 31)).isZero();
      assertThat(receipts(node.append("of-the-finished", "new"))).noneMatch(Receipt::duplicate);
      assertRefused(node.append("of-the-dead", "newer"));
      assertThat(node.tokens()).isEqualTo(2);
    }
  }

  private static long deleteOld(WriterNode node, int daysFromNow) throws SQLException {
    Settings settings =
        new Settings(
            key -> Optional.of("7").filter(days -> key.equals("hub.inbox.retention-days")));
    return new Retention(
            node.database(),
            node.store(),
            settings,
            Clock.offset(Clock.systemUTC(), Duration.ofDays(daysFromNow)))
        .deleteOld();
  }
}
