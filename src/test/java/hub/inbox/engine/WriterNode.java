package hub.inbox.engine;

import hub.config.Settings;
import hub.db.Database;
import hub.db.Jdbc;
import hub.inbox.db.EventIds;
import hub.inbox.db.H2Inbox;
import hub.inbox.db.InboxStore;
import hub.inbox.db.NewEvent;
import hub.inbox.db.PostgresInbox;
import hub.inbox.db.Receipt;
import hub.inbox.db.ReplayKey;
import hub.testing.Proxies;
import hub.testing.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** The inbox of one node without the hub around it, with a hold on its statements. */
final class WriterNode implements AutoCloseable {
  private static final long ANSWER_SECONDS = 30;

  /** Runs around a method of the store; may throw what a database does. */
  @FunctionalInterface
  interface Hook {
    void run() throws Exception;
  }

  private final Store kind;
  private final Database database;
  private final boolean ownsDatabase;
  private final Inbox inbox;
  private final AtomicLong nanosAhead = new AtomicLong();
  private final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
  private volatile Hook beforeSpend = () -> {};
  private volatile Hook beforeAppend = () -> {};
  private volatile Hook afterAppend = () -> {};

  private WriterNode(Store kind, Database database, boolean ownsDatabase) throws SQLException {
    this.kind = kind;
    this.database = database;
    this.ownsDatabase = ownsDatabase;
    Handlers handlers = new Handlers(written -> event -> true);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    this.inbox =
        new Inbox(
            database,
            hooked(
                kind == Store.H2
                    ? new H2Inbox(handlers::isOrdered)
                    : new PostgresInbox((short) 0, handlers::isOrdered)),
            new Settings(key -> Optional.empty()),
            handlers,
            Runnable::run,
            new InboxMetrics(() -> meters, Clock.systemUTC()),
            new EventIds(Clock.systemUTC()),
            timing());
  }

  /** On a database of its own. */
  static WriterNode on(Store store, Path folder) throws SQLException {
    Map<String, String> settings = new HashMap<>(store.migrated(folder));
    settings.put("hub.data-dir", folder.toString());
    Database database = Database.open(new Settings(key -> Optional.ofNullable(settings.get(key))));
    return new WriterNode(store, database, true);
  }

  /** Another one, on the same database. */
  WriterNode beside() throws SQLException {
    return new WriterNode(kind, database, false);
  }

  private InboxStore hooked(InboxStore real) {
    return Proxies.of(
        InboxStore.class,
        (method, arguments) -> {
          if (method.getName().equals("spend")) {
            beforeSpend.run();
          }
          if (!method.getName().equals("append")) {
            return Proxies.call(real, method, arguments);
          }
          batches.add(((List<?>) arguments[1]).size());
          beforeAppend.run();
          Object receipts = Proxies.call(real, method, arguments);
          afterAppend.run();
          return receipts;
        });
  }

  /** Without the watch, which would fail what waits before the writer does. */
  private Timing timing() {
    return new Timing() {
      @Override
      public Clock clock() {
        return Clock.systemUTC();
      }

      @Override
      public long nanos() {
        return System.nanoTime() + nanosAhead.get();
      }

      @Override
      public Thread start(String name, Runnable work) {
        return name.equals("inbox-append-watch")
            ? new Thread(work, name)
            : Timing.super.start(name, work);
      }
    };
  }

  void pass(Duration time) {
    nanosAhead.addAndGet(time.toNanos());
  }

  Database database() {
    return database;
  }

  InboxStore store() {
    return inbox.store();
  }

  /** How many events each call of the store has got. */
  List<Integer> batches() {
    return List.copyOf(batches);
  }

  WriterNode beforeSpend(Hook hook) {
    beforeSpend = hook;
    return this;
  }

  WriterNode beforeAppend(Hook hook) {
    beforeAppend = hook;
    return this;
  }

  WriterNode afterAppend(Hook hook) {
    afterAppend = hook;
    return this;
  }

  /** Runs {@code work} while a commit of another event waits; what it appends shares the next. */
  void duringCommit(Runnable work) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    beforeAppend =
        () -> {
          begun.countDown();
          end.await();
        };
    CompletableFuture<List<Receipt>> first = append(event("first-of-all"));
    begun.await();
    beforeAppend = () -> {};
    work.run();
    end.countDown();
    get(first);
  }

  static NewEvent event(String id) {
    return eventOf("shop", id);
  }

  static NewEvent eventOf(String source, String id) {
    return new NewEvent(
        source,
        id,
        "order",
        Optional.of("key"),
        Instant.now(),
        "{}",
        id.getBytes(StandardCharsets.UTF_8),
        true);
  }

  static List<NewEvent> events(String... ids) {
    return Stream.of(ids).map(WriterNode::event).toList();
  }

  CompletableFuture<List<Receipt>> append(NewEvent event) {
    return append(List.of(event), Optional.empty());
  }

  CompletableFuture<List<Receipt>> append(List<NewEvent> events) {
    return append(events, Optional.empty());
  }

  CompletableFuture<List<Receipt>> append(String token, String... ids) {
    return append(events(ids), Optional.of(ReplayKey.of("shop", token)));
  }

  CompletableFuture<List<Receipt>> append(List<NewEvent> events, Optional<ReplayKey> replayKey) {
    CompletableFuture<List<Receipt>> answer = new CompletableFuture<>();
    inbox
        .eventWriter()
        .append(
            events,
            replayKey,
            new AppendCallback() {
              @Override
              public void stored(List<Receipt> receipts) {
                answer.complete(List.copyOf(receipts));
              }

              @Override
              public void failed(Exception error) {
                answer.completeExceptionally(error);
              }
            });
    return answer;
  }

  /** The answer, or the exception as the cause of one. */
  static <T> T get(CompletableFuture<T> answer) throws Exception {
    try {
      return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
  }

  /** The provider's ids of the stored events, in the store's order, without that of a hold. */
  List<String> stored() throws SQLException {
    return database.inTransaction(
        connection ->
            Jdbc.list(
                connection,
                "SELECT provider_event_id FROM inbox_event WHERE provider_event_id <> 'first-of-all' ORDER BY sequence",
                row -> row.getString(1)));
  }

  long tokens() throws SQLException {
    return database.inTransaction(
        connection ->
            Jdbc.first(connection, "SELECT count(*) FROM inbox_replay_key", row -> row.getLong(1))
                .orElseThrow());
  }

  @Override
  public void close() {
    inbox.close(new GracefulStop(new StopBudget(Duration.ofSeconds(10))), true);
    if (ownsDatabase) {
      database.close();
    }
  }
}
