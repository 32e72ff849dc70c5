package hub.db;

import com.zaxxer.hikari.HikariDataSource;
import hub.config.Settings;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.h2.api.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event store's pool and schema. Comes up even while the database is away and migrates as soon
 * as it answers, so that a hub which starts before its database tells senders to come back instead
 * of dying. Thread-safe.
 */
public final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  /** How long a statement of upkeep may take that nobody waits for. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private final StoreConfig parts;
  private final HikariDataSource pool;
  private final Migrations migrations;
  private final CountDownLatch migrated = new CountDownLatch(1);

  /** Apart from the watch's, so that neither waits for the other's row. */
  private final Heartbeat probe = new Heartbeat();

  private Optional<H2Upkeep> upkeep = Optional.empty();
  private Optional<StoreWatch> watch = Optional.empty();
  private volatile boolean closed;

  private Database(StoreConfig parts, HikariDataSource pool) {
    this.parts = parts;
    this.pool = pool;
    this.migrations = new Migrations(parts.dialect(), parts.migrating(), parts.session());
  }

  /**
   * Opens the store and brings its schema up to date, or leaves that to the background while it
   * cannot be reached.
   *
   * @throws IllegalArgumentException for an address of another database
   * @throws StoreRefusedException when the store must not be used as it is
   * @throws FlywayException when the store answers but refuses, such as a wrong password
   */
  public static Database open(Settings settings) {
    StoreConfig parts = StoreConfig.of(settings);
    boolean known = Files.exists(parts.folder().database());
    parts.embedded().ifPresent(embedded -> openFile(embedded, parts.folder()));
    Database database = new Database(parts, new HikariDataSource(parts.pool(settings)));
    database.migrateNowOrLater(known);
    parts.folder().keepPrivate();
    if (parts.embedded().isPresent()) {
      parts.folder().remember();
      database.upkeep = Optional.of(new H2Upkeep(database.pool));
    }
    database.watch =
        Optional.of(
            new StoreWatch(database.pool, parts.embedded(), parts.folder(), database::ready));
    return database;
  }

  private static void openFile(EmbeddedDatabase embedded, DataFolder folder) {
    try {
      embedded.open();
      embedded.letIn();
    } catch (SQLException e) {
      throw switch (e.getErrorCode()) {
        case ErrorCode.DATABASE_ALREADY_OPEN_1 ->
            new StoreRefusedException(
                "the data folder is in use by another hub; stop that one, or set DATA_DIR", e);
        case ErrorCode.FILE_CORRUPTED_1 -> folder.lost("is damaged", e);
        default ->
            new StoreRefusedException(
                "hub.data-dir: the database's file %s cannot be opened (%s); see to the room on its disk, its owner and DATABASE_PASSWORD"
                    .formatted(
                        folder.database(),
                        String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
                e);
      };
    }
  }

  private void migrateNowOrLater(boolean known) {
    try {
      if (known && parts.embedded().isPresent() && migrations.isNew()) {
        parts.folder().refuseEmptied();
      }
      migrate();
    } catch (FlywayException e) {
      if (!unreachable(e)) {
        closeAll();
        throw e;
      }
      LOG.warn(
          "store=unreachable: events are answered 503 until it is back ({})",
          e.getMessage().lines().findFirst().orElse(""));
      Thread retry = new Thread(this::migrateUntilDone, "store-migrate");
      retry.setDaemon(true);
      retry.start();
    } catch (StoreRefusedException e) {
      closeAll();
      throw e;
    }
  }

  private void migrate() {
    migrations.run();
    migrated.countDown();
  }

  private void migrateUntilDone() {
    String told = "";
    while (!closed) {
      try {
        migrate();
        LOG.info("store=reachable: schema is up to date");
        return;
      } catch (FlywayException | StoreRefusedException e) {
        String message = String.valueOf(e.getMessage());
        if (!unreachable(e) && !message.equals(told)) {
          LOG.error("store=refused, trying again: {}", message);
          told = message;
        }
        try {
          TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private static boolean unreachable(Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql
          && (Heartbeat.isUnreachable(sql)
              || (t instanceof SQLTransientConnectionException && t.getCause() == null))) {
        return true;
      }
    }
    return false;
  }

  public Dialect dialect() {
    return parts.dialect();
  }

  /** For Camel's {@code sql:} component and for checks; does not wait for the schema. */
  public DataSource dataSource() {
    return pool;
  }

  /** Whether the schema is up to date; stays true once it is. */
  public boolean ready() {
    return migrated.getCount() == 0;
  }

  /** Waits for {@link #ready()}; false when {@code millis} passed first. */
  public boolean awaitReady(long millis) throws InterruptedException {
    return migrated.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Work on one connection. */
  @FunctionalInterface
  public interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /**
   * Why the store takes no event, in words that may be shown to anybody; empty when it takes them.
   * Known from a write every few seconds, so asking costs nothing.
   */
  public Optional<String> trouble() {
    if (closed) {
      return Optional.of("the event store is closed");
    }
    return ready()
        ? watch.flatMap(StoreWatch::trouble)
        : Optional.of("the event store has not been reached yet");
  }

  /**
   * Why a restart may help where waiting does not; empty as a rule, also while the store is away.
   */
  public Optional<String> stuck() {
    return watch.flatMap(StoreWatch::stuck);
  }

  /**
   * Why an event that is stored now would be lost, or leave handlers no room for writing down what
   * they have done; empty when it can be stored. Cheap.
   */
  public Optional<String> noRoom() {
    if (parts.embedded().isEmpty()) {
      return Optional.empty();
    }
    Optional<String> reason = parts.folder().noRoom(parts.embedded().get());
    if (reason.isPresent()) {
      watch.ifPresent(StoreWatch::look);
    }
    return reason;
  }

  /**
   * Writes something that nobody needs: a store that answers may still take no write.
   *
   * @throws StoreUnavailableException as {@link #inTransaction}
   * @throws SQLException when it takes none
   */
  public void requireWrite() throws SQLException {
    inTransaction(
        connection -> {
          probe.beat(connection);
          return null;
        });
  }

  /**
   * Runs {@code work} in one transaction: committed when it returns, rolled back when it throws.
   *
   * @throws StoreUnavailableException while the schema is not there yet, or the embedded database
   *     is closed
   */
  public <T> T inTransaction(Work<T> work) throws SQLException {
    return run(connection -> commit(connection, work));
  }

  /**
   * Runs {@code work}, one statement that only reads: without a transaction, which would take
   * another message to the server.
   *
   * @throws StoreUnavailableException as {@link #inTransaction}
   */
  public <T> T read(Work<T> work) throws SQLException {
    return run(work);
  }

  private <T> T run(Work<T> work) throws SQLException {
    if (!ready()) {
      throw new StoreUnavailableException("the event store has not been reached yet");
    }
    return parts.embedded().isEmpty() ? runAtServer(work) : runInFile(parts.embedded().get(), work);
  }

  /** The same for upkeep that nobody waits for: a statement may take ten minutes. */
  public <T> T inLongTransaction(Work<T> work) throws SQLException {
    if (parts.dialect() == Dialect.H2) {
      return inTransaction(work);
    }
    return inTransaction(
        connection -> {
          connection.setNetworkTimeout(Runnable::run, (int) LONG.toMillis());
          try (Statement statement = connection.createStatement()) {
            // A little less than the network's, so that the server knows that we gave up.
            statement.execute("SET LOCAL statement_timeout = " + LONG.minusSeconds(5).toMillis());
          }
          return work.on(connection);
        });
  }

  private <T> T runInFile(EmbeddedDatabase embedded, Work<T> work) throws SQLException {
    if (embedded.isAway()) {
      throw new StoreUnavailableException(
          "the database's file is closed until it can be written again");
    }
    try (Connection connection = pool.getConnection()) {
      return work.on(connection);
    } catch (SQLException e) {
      if (!embedded.isBroken(e)) {
        throw e;
      }
      watch.ifPresent(StoreWatch::look);
      throw new StoreUnavailableException("the database's file cannot be written", e);
    }
  }

  private <T> T runAtServer(Work<T> work) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return work.on(connection);
    } catch (SQLException e) {
      if (Heartbeat.isAway(e)) {
        // Readiness must not wait for the next beat.
        watch.ifPresent(StoreWatch::doubt);
      }
      throw e;
    }
  }

  private <T> T commit(Connection connection, Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      T result = work.on(connection);
      connection.commit();
      if (parts.dialect() == Dialect.H2) {
        EmbeddedDatabase.awaitFile(connection);
      }
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      try {
        connection.rollback();
      } catch (SQLException rollback) {
        e.addSuppressed(rollback);
      }
      throw e;
    }
  }

  private void closeAll() {
    parts.embedded().ifPresent(EmbeddedDatabase::close);
    pool.close();
  }

  @Override
  public void close() {
    closed = true;
    upkeep.ifPresent(H2Upkeep::close);
    watch.ifPresent(StoreWatch::close);
    closeAll();
  }
}
