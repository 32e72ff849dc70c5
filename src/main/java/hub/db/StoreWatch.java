package hub.db;

import com.zaxxer.hikari.HikariDataSource;
import hub.util.DaemonThreads;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
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
 * Checks with a heartbeat whether the store takes a write. Opens the embedded database again after
 * H2 has closed it. Thread-safe.
 */
final class StoreWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);

  /** Time between two checks of the file: readiness notices a full disk this late, at most. */
  private static final Duration FILE_EVERY = Duration.ofSeconds(3);

  /** Time between two checks of a server; longer, so that an idle hub asks little. */
  private static final Duration SERVER_EVERY = Duration.ofSeconds(8);

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);

  /** Room on the disk is noticed within this time. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  /** Opening a large file again may take this long. */
  private static final Duration REOPEN_LIMIT = Duration.ofMinutes(2);

  private final HikariDataSource pool;
  private final Optional<EmbeddedDatabase> embedded;
  private final DataFolder folder;
  private final BooleanSupplier ready;
  private final Heartbeat heartbeat;
  private final Semaphore checkRequests = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closed;

  /** Since when the embedded database is closed; empty while it is open. */
  private volatile OptionalLong closedSince = OptionalLong.empty();

  private long writesSeen = -1;

  /**
   * @param ready whether the schema is up to date
   */
  StoreWatch(
      HikariDataSource pool,
      Optional<EmbeddedDatabase> embedded,
      DataFolder folder,
      BooleanSupplier ready,
      Clock clock) {
    this.pool = pool;
    this.embedded = embedded;
    this.folder = folder;
    this.ready = ready;
    this.heartbeat = new Heartbeat(clock);
    this.thread = DaemonThreads.named("store-heartbeat", this::run);
    this.thread.start();
  }

  /** Why the store takes no event; empty when it takes them. */
  Optional<String> trouble() {
    return heartbeat.trouble();
  }

  /**
   * Why only a restart can help: the file is in its place and the disk has room, but the file
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
    return time.compareTo(REOPEN_LIMIT) > 0 && folder.noRoom(embedded.get()).isEmpty()
        ? Optional.of(
            "the database's file has been closed for %d s and cannot be opened again, though its disk has room"
                .formatted(time.toSeconds()))
        : Optional.empty();
  }

  /** Checks now and not at the next beat. */
  void checkNow() {
    checkRequests.release();
  }

  /** Checks now, unless the store is known to be in trouble. */
  void checkUnlessInTrouble() {
    if (trouble().isEmpty()) {
      checkNow();
    }
  }

  private void run() {
    while (!closed) {
      try {
        if (ready.getAsBoolean()) {
          check();
        }
        keepPrivate();
        checkRequests.tryAcquire(
            (embedded.isPresent() ? FILE_EVERY : SERVER_EVERY).toMillis(), TimeUnit.MILLISECONDS);
        checkRequests.drainPermits();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.warn("store=heartbeat outcome=failed error={}", e.toString());
      }
    }
  }

  private void check() throws InterruptedException {
    if (embedded.isEmpty()) {
      checkServer();
    } else {
      checkFile(embedded.get());
    }
  }

  private void checkServer() {
    try (Connection connection = pool.getConnection()) {
      heartbeat.beat(connection);
      heartbeat.recordSuccess();
    } catch (SQLException e) {
      heartbeat.recordFailure(e);
      if (SqlStates.isReadOnly(e)) {
        // Sessions on a demoted server stay read-only; new ones reach the new primary.
        pool.getHikariPoolMXBean().softEvictConnections();
      }
    }
  }

  private void checkFile(EmbeddedDatabase database) throws InterruptedException {
    try {
      if (!database.isBroken(null)) {
        database.requireShared();
      }
      if (!database.isBroken(null) && writesSeen != database.writes()) {
        // H2 has written since the last check, so no heartbeat is needed.
        writesSeen = database.writes();
      } else {
        database.beat(heartbeat);
        writesSeen = database.writes();
      }
      recordRoom(database);
    } catch (SQLException | RuntimeException e) {
      heartbeat.recordFailure(e);
      if (database.isBroken(e) || isConnectionLost(e)) {
        reopen(database, e);
      }
    }
  }

  /** An embedded database has no network: it loses connections only by a fault of this process. */
  private static boolean isConnectionLost(Exception error) {
    return error instanceof SQLException sql
        && (SqlStates.isConnectionFailure(sql)
            || sql.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1);
  }

  private void recordRoom(EmbeddedDatabase database) {
    folder.noRoom(database).ifPresentOrElse(heartbeat::recordFailure, heartbeat::recordSuccess);
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
          // H2 would create an empty one.
          throw new SQLException("the database's file was deleted or replaced", SqlStates.IO_ERROR);
        }
        database.open();
        database.beat(heartbeat);
        writesSeen = database.writes();
        recordRoom(database);
        database.admit();
        pool.getHikariPoolMXBean().softEvictConnections();
        closedSince = OptionalLong.empty();
        LOG.info(
            "store=reopened awayMs={}", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since));
        return;
      } catch (SQLException | RuntimeException e) {
        heartbeat.recordFailure(e);
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
    checkRequests.release();
    try {
      // Not interrupted: H2 may be writing.
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
