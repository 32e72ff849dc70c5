package hub.inbox.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.db.StoreBusyException;
import hub.db.StoreUnavailableException;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import hub.testing.Store;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The events of one append are stored all in one commit, or none of them. */
@Tag("postgres")
@Tag("waits")
class SeveralEventsTest {
  private static final int MANY = 1_000;

  @TempDir Path folder;

  private static List<NewEvent> many(byte[] payload) {
    return IntStream.range(0, MANY)
        .mapToObj(
            i ->
                new NewEvent(
                    "shop", "m" + i, "order", Optional.empty(), Instant.now(), "{}", payload, true))
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void a_thousand_are_one_commit_in_their_order_with_what_waits_before_them(Store store)
      throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      List<CompletableFuture<List<Receipt>>> answers = new ArrayList<>();
      node.duringCommit(
          () -> {
            answers.add(node.append(WriterNode.event("before")));
            answers.add(node.append(many(new byte[] {1})));
            answers.add(node.append(WriterNode.event("after")));
          });

      List<Receipt> receipts = WriterNode.get(answers.get(1));
      assertThat(receipts).hasSize(MANY).noneMatch(Receipt::duplicate);
      assertThat(receipts).extracting(Receipt::id).doesNotHaveDuplicates();
      assertThat(WriterNode.get(answers.get(0))).hasSize(1);
      assertThat(WriterNode.get(answers.get(2))).hasSize(1);
      assertThat(node.batches()).as("events of each commit").containsExactly(1, 1 + MANY, 1);
      assertThat(node.stored())
          .containsExactlyElementsOf(
              Stream.of(
                      Stream.of("before"),
                      IntStream.range(0, MANY).mapToObj(i -> "m" + i),
                      Stream.of("after"))
                  .flatMap(ids -> ids)
                  .toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_repeated_one_is_a_duplicate_of_the_first_whether_that_came_before_or_with_it(Store store)
      throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      UUID known = WriterNode.get(node.append(WriterNode.event("b"))).get(0).id();

      List<Receipt> receipts = WriterNode.get(node.append(WriterNode.events("a", "b", "a", "c")));

      assertThat(receipts).extracting(Receipt::duplicate).containsExactly(false, true, true, false);
      assertThat(receipts.get(1).id()).isEqualTo(known);
      assertThat(receipts.get(2).id()).isEqualTo(receipts.get(0).id());
      assertThat(node.stored()).containsExactly("b", "a", "c");
    }
  }

  @ParameterizedTest
  @EnumSource
  void one_that_the_database_refuses_fails_those_of_its_append_and_no_others(Store store)
      throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      NewEvent refused = WriterNode.eventOf("s".repeat(65), "refused");
      List<CompletableFuture<List<Receipt>>> answers = new ArrayList<>();
      node.duringCommit(
          () -> {
            answers.add(node.append(WriterNode.event("before")));
            answers.add(
                node.append(List.of(WriterNode.event("x"), refused, WriterNode.event("y"))));
            answers.add(node.append(WriterNode.events("after", "later")));
          });

      assertThatThrownBy(() -> WriterNode.get(answers.get(1)))
          .as("the column holds 64")
          .cause()
          .isInstanceOf(SQLException.class)
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("22001");
      assertThat(WriterNode.get(answers.get(0))).hasSize(1);
      assertThat(WriterNode.get(answers.get(2))).hasSize(2);
      assertThat(node.stored()).containsExactly("before", "after", "later");
      assertThat(node.batches()).containsExactly(1, 6, 1, 3, 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_commit_that_fails_stores_none_and_all_are_new_when_they_come_again(Store store)
      throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      node.afterAppend(
          () -> {
            throw new SQLException("the connection is broken", "08006");
          });
      assertThatThrownBy(() -> WriterNode.get(node.append(WriterNode.events("a", "b"))))
          .hasCauseInstanceOf(StoreUnavailableException.class);
      assertThat(node.stored()).isEmpty();

      node.afterAppend(() -> {});
      assertThat(WriterNode.get(node.append(WriterNode.events("a", "b"))))
          .noneMatch(Receipt::duplicate);
      assertThat(node.stored()).containsExactly("a", "b");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_deadlock_is_tried_again_as_a_whole(Store store) throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      node.afterAppend(
          () -> {
            node.afterAppend(() -> {});
            throw new SQLException("deadlock", "40001");
          });

      assertThat(WriterNode.get(node.append(WriterNode.events("a", "b"))))
          .hasSize(2)
          .noneMatch(Receipt::duplicate);

      assertThat(node.batches()).containsExactly(2, 2);
      assertThat(node.stored()).containsExactly("a", "b");
    }
  }

  @ParameterizedTest
  @EnumSource
  void all_count_as_waiting_bytes_and_all_are_refused_when_they_are_too_many(Store store)
      throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      // The bytes of one array a thousand times are more than may wait.
      List<NewEvent> tooMuch = many(new byte[70_000]);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> WriterNode.get(node.append(tooMuch)))
            .hasCauseInstanceOf(StoreBusyException.class)
            .hasMessageContaining("too many events wait");
      }
      assertThat(WriterNode.get(node.append(WriterNode.event("a"))))
          .as("what was refused does not wait")
          .hasSize(1);
      assertThat(node.stored()).containsExactly("a");
    }
  }

  @ParameterizedTest
  @EnumSource
  void those_that_waited_too_long_are_refused_together(Store store) throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      List<CompletableFuture<List<Receipt>>> answers = new ArrayList<>();
      node.duringCommit(
          () -> {
            answers.add(node.append(WriterNode.events("a", "b")));
            node.pass(Duration.ofSeconds(6));
            answers.add(node.append(WriterNode.events("c", "d")));
          });

      assertThatThrownBy(() -> WriterNode.get(answers.get(0)))
          .hasCauseInstanceOf(StoreBusyException.class)
          .hasMessageContaining("waited too long");
      assertThat(WriterNode.get(answers.get(1))).hasSize(2);
      assertThat(node.stored()).containsExactly("c", "d");
    }
  }

  @ParameterizedTest
  @EnumSource
  void no_events_are_stored_at_once(Store store) throws Exception {
    try (WriterNode node = WriterNode.on(store, folder)) {
      assertThat(WriterNode.get(node.append(List.of()))).isEmpty();
      assertThat(node.batches()).isEmpty();
    }
  }
}
