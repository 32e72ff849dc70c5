package hub.db;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.h2.api.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the store takes a write, and opens the embedded one again when it has given up.
 * Thread-safe.
 */
final class StoreWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);

  /** Time between two looks at the file; what a full disk may go unseen by readiness. */
  private static final Duration FILE_EVERY = Duration.ofSeconds(3);

  /** The same for a server, which an idle hub asks as little as it can. */
  private static final Duration SERVER_EVERY = Duration.ofSeconds(8);

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);

  /** A disk that has room again is noticed within this. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  /** SQLSTATE of a write on a standby. */
  private static final String READ_ONLY = "25006";

  /** Opening a large file again takes its time. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HikariDataSource pool;
  private final Optional<EmbeddedDatabase> embedded;
  private final DataFolder folder;
  private final BooleanSupplier ready;
  private final Heartbeat heartbeat = new Heartbeat();
  private final Semaphore woken = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closed;

  /** When the embedded database gave up, while it is closed. */
  private volatile OptionalLong closedSince = OptionalLong.empty();

  private long writesSeen = -1;

  /**
   * @param ready whether there is a schema to write to
   */
  StoreWatch(
      HikariDataSource pool,
      Optional<EmbeddedDatabase> embedded,
      DataFolder folder,
      BooleanSupplier ready) {
    this.pool = pool;
    this.embedded = embedded;
    this.folder = folder;
    this.ready = ready;
    this.thread = new Thread(this::run, "store-heartbeat");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  /** Why no event can be taken; empty when one can. */
  Optional<String> trouble() {
    return heartbeat.trouble();
  }

  /**
   * Why only a restart can help: the file lies where it was and its disk has room, and still it
   * cannot be opened again. Empty while waiting may help.
   */
  Optional<String> stuck() {
    if (!closed && !thread.isAlive()) {
      return Optional.of("nobody looks at the event store any more");
    }
    OptionalLong since = closedSince;
    if (since.isEmpty() || embedded.isEmpty()) {
      return Optional.empty();
    }
    Duration time = Duration.ofNanos(System.nanoTime() - since.getAsLong());
    return time.compareTo(PATIENCE) > 0 && folder.noRoom(embedded.get()).isEmpty()
        ? Optional.of(
            "the database's file has been closed for %d s and cannot be opened again, though its disk has room"
                .formatted(time.toSeconds()))
        : Optional.empty();
  }

  /** Looks now and not at the next beat. */
  void look() {
    woken.release();
  }

  /** Looks now, unless trouble is known already: then the next beat is soon enough. */
  void doubt() {
    if (trouble().isEmpty()) {
      look();
    }
  }

  private void run() {
    while (!closed) {
      try {
        if (ready.getAsBoolean()) {
          look(embedded);
        }
        keepPrivate();
        woken.tryAcquire(
            (embedded.isPresent() ? FILE_EVERY : SERVER_EVERY).toMillis(), TimeUnit.MILLISECONDS);
        woken.drainPermits();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.warn("store=heartbeat outcome=failed error={}", e.toString());
      }
    }
  }

  private void look(Optional<EmbeddedDatabase> database) throws InterruptedException {
    if (database.isEmpty()) {
      lookAtServer();
    } else {
      lookAtFile(database.get());
    }
  }

  private void lookAtServer() {
    try (Connection connection = pool.getConnection()) {
      heartbeat.beat(connection);
      heartbeat.good();
    } catch (SQLException e) {
      heartbeat.bad(e);
      if (READ_ONLY.equals(e.getSQLState())) {
        // Sessions of a server that was demoted stay read-only; new ones find its successor.
        pool.getHikariPoolMXBean().softEvictConnections();
      }
    }
  }

  private void lookAtFile(EmbeddedDatabase database) throws InterruptedException {
    try {
      if (!database.isBroken(null)) {
        database.requireShared();
      }
      if (!database.isBroken(null) && writesSeen != database.writes()) {
        // Somebody else's write, which is proof enough.
        writesSeen = database.writes();
      } else {
        database.beat(heartbeat);
        writesSeen = database.writes();
      }
      judge(database);
    } catch (SQLException | RuntimeException e) {
      heartbeat.bad(e);
      if (database.isBroken(e) || isConnection(e)) {
        reopen(database, e);
      }
    }
  }

  /** Of an embedded database, no connection can be lost but by a fault of this process. */
  private static boolean isConnection(Exception error) {
    return error instanceof SQLException sql
        && (String.valueOf(sql.getSQLState()).startsWith("08")
            || sql.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1);
  }

  private void judge(EmbeddedDatabase database) {
    folder.noRoom(database).ifPresentOrElse(heartbeat::bad, heartbeat::good);
  }

  private void reopen(EmbeddedDatabase database, Exception reason) throws InterruptedException {
    long since = System.nanoTime();
    closedSince = OptionalLong.of(since);
    LOG.error(
        "store=closed: the database's file cannot be written, events are answered 503 until it can: {}",
        reason.toString());
    Duration pause = SHORTEST_PAUSE;
    while (!closed) {
      database.giveUp();
      pool.getHikariPoolMXBean().softEvictConnections();
      try {
        if (!database.isInPlace()) {
          // H2 would make an empty one.
          throw new SQLException("the database's file was deleted or replaced", "58030");
        }
        database.open();
        database.beat(heartbeat);
        writesSeen = database.writes();
        judge(database);
        database.letIn();
        pool.getHikariPoolMXBean().softEvictConnections();
        closedSince = OptionalLong.empty();
        LOG.info(
            "store=reopened awayMs={}", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since));
        return;
      } catch (SQLException | RuntimeException e) {
        heartbeat.bad(e);
        LOG.debug("the database cannot be opened again yet", e);
      }
      TimeUnit.MILLISECONDS.sleep(pause.toMillis());
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
              ? LONGEST_PAUSE
              : pause.multipliedBy(2);
    }
  }

  private void keepPrivate() {
    try {
      folder.keepPrivate();
    } catch (StoreRefusedException e) {
      LOG.debug("permissions cannot be set", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    woken.release();
    try {
      // Not interrupted: H2 may be writing.
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
