package hub.db;

import com.zaxxer.hikari.HikariDataSource;
import hub.config.Settings;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.h2.api.ErrorCode;

/**
 * The event store's connection pool and schema. Opens even while the database cannot be reached,
 * and migrates as soon as it can: a hub that starts before its database answers 503 instead of
 * exiting. Thread-safe.
 */
public final class Database implements AutoCloseable {
  /** Name in the registry. */
  public static final String BEAN = "database";

  /** Time limit for a statement of housekeeping, which no request waits for. */
  private static final Duration HOUSEKEEPING = Duration.ofMinutes(10);

  private final StoreConfig config;
  private final DataSource source;
  private final SchemaUpdate schema;

  /** Not the watch's heartbeat, so that neither waits for the lock on the other's row. */
  private final Heartbeat probe;

  private Optional<H2Upkeep> upkeep = Optional.empty();
  private Optional<StoreWatch> watch = Optional.empty();
  private volatile boolean closed;

  private Database(StoreConfig config, DataSource source, Clock clock) {
    this.config = config;
    this.source = source;
    this.schema = new SchemaUpdate(config);
    this.probe = new Heartbeat(clock);
  }

  /**
   * Opens the store and brings its schema up to date. While the store cannot be reached, a
   * background thread keeps trying.
   *
   * @throws IllegalArgumentException for an address of another database
   * @throws StoreRefusedException when the store must not be used as it is
   * @throws FlywayException when the store can be reached but reports an error, such as a wrong
   *     password
   */
  public static Database open(Settings settings) {
    StoreConfig config = StoreConfig.of(settings);
    Clock clock = Clock.systemUTC();
    boolean existed = Files.exists(config.folder().database());
    config.embedded().ifPresent(embedded -> openFile(embedded, config.folder()));
    HikariDataSource pool = new HikariDataSource(config.pool(settings));
    Database database = new Database(config, pool, clock);
    try {
      database.schema.start(existed);
    } catch (FlywayException | StoreRefusedException e) {
      database.closeAll();
      throw e;
    }
    config.folder().keepPrivate();
    if (config.embedded().isPresent()) {
      config.folder().remember();
      database.upkeep = Optional.of(new H2Upkeep(pool));
    }
    database.watch =
        Optional.of(
            new StoreWatch(pool, config.embedded(), config.folder(), database::ready, clock));
    return database;
  }

  /**
   * Opens a store of H2 over connections of the caller's own, without a pool and without a watch,
   * and so without a thread of its own.
   *
   * @param source gives connections to one database, also to bring its schema up to date
   */
  public static Database over(DataSource source) {
    Database database = new Database(StoreConfig.over(source), source, Clock.systemUTC());
    database.schema.start(false);
    return database;
  }

  private static void openFile(EmbeddedDatabase embedded, DataFolder folder) {
    try {
      embedded.open();
      embedded.admit();
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

  public Dialect dialect() {
    return config.dialect();
  }

  /** Makes backups; empty for a database that is not in the data folder. */
  public Optional<Backup> backup() {
    return config.embedded().map(file -> new Backup(file, config.folder(), Clock.systemUTC()));
  }

  /**
   * Runs people's statements, which may read some tables; empty over connections that are given.
   */
  public Optional<ReadOnlySql> readOnlySql() {
    return config.url().isEmpty() ? Optional.empty() : Optional.of(new ReadOnlySql(this, config));
  }

  /** For Camel's {@code sql:} component and for checks. The schema may not be up to date yet. */
  public DataSource dataSource() {
    return source;
  }

  /** Whether the schema is up to date; stays true once it is. */
  public boolean ready() {
    return schema.isDone();
  }

  /**
   * Runs the migrations of the routes' folders that have come since the start.
   *
   * @throws StoreRefusedException when one fails, or its name or number cannot stay
   */
  public void runNewMigrations() {
    schema.runNew();
  }

  /** Waits for {@link #ready()}; false when {@code millis} passed first. */
  public boolean awaitReady(long millis) throws InterruptedException {
    return schema.await(millis);
  }

  /** Work on one connection. */
  @FunctionalInterface
  public interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /**
   * Why the store takes no event, without secrets; empty when it takes them. Cheap: the answer
   * comes from a write every few seconds.
   */
  public Optional<String> trouble() {
    if (closed) {
      return Optional.of("the event store is closed");
    }
    return ready()
        ? watch.flatMap(StoreWatch::trouble)
        : Optional.of("the event store has not been reached yet");
  }

  /** Why only a restart can help; empty while waiting may help, and while the store works. */
  public Optional<String> stuck() {
    return watch.flatMap(StoreWatch::stuck);
  }

  /**
   * Why no event may be stored now: it would be lost, or handlers would have no room left to record
   * their outcomes. Empty when it can be stored. Cheap.
   */
  public Optional<String> noRoom() {
    if (config.embedded().isEmpty()) {
      return Optional.empty();
    }
    Optional<String> reason = config.folder().noRoom(config.embedded().get());
    if (reason.isPresent()) {
      watch.ifPresent(StoreWatch::checkNow);
    }
    return reason;
  }

  /**
   * Makes a test write: a store that can be read may still take no write.
   *
   * @throws StoreUnavailableException as {@link #inTransaction}
   * @throws SQLException when the write fails
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
   * @throws StoreUnavailableException while the schema is not up to date, or the embedded database
   *     is closed
   */
  public <T> T inTransaction(Work<T> work) throws SQLException {
    return run(connection -> commit(connection, work));
  }

  /**
   * Runs {@code work} in a transaction that is rolled back: nobody ever sees what it wrote.
   *
   * @throws StoreUnavailableException as {@link #inTransaction}
   */
  public <T> T rolledBack(Work<T> work) throws SQLException {
    return run(
        connection -> {
          connection.setAutoCommit(false);
          try {
            return work.on(connection);
          } finally {
            connection.rollback();
          }
        });
  }

  /**
   * As {@link #inTransaction}, and what {@code work} calls on this thread joins the transaction: by
   * {@link #joining}, and through Camel's {@code sql:} component.
   */
  public <T> T inThreadTransaction(ThreadTransaction.Work<T> work) throws SQLException {
    return inTransaction(connection -> ThreadTransaction.bound(source, connection, work));
  }

  /** Sets limits of a transaction that has just begun. PostgreSQL only. */
  public void limit(ThreadTransaction transaction, TransactionLimits limits) throws SQLException {
    // H2 would keep them for whoever gets the connection next.
    if (config.dialect() == Dialect.POSTGRESQL) {
      limits.begin(transaction.connection());
    }
  }

  /** Gives what is left of the transaction the usual limits again. */
  public void endLimits(ThreadTransaction transaction, TransactionLimits limits)
      throws SQLException {
    if (config.dialect() == Dialect.POSTGRESQL) {
      limits.end(transaction.connection());
    }
  }

  /** The transaction of this thread; empty outside of {@link #inThreadTransaction}. */
  public Optional<ThreadTransaction> threadTransaction() {
    return Optional.ofNullable(ThreadTransaction.currentOrNull(source));
  }

  /** Runs {@code work} in the transaction of this thread, else in one of its own. */
  public <T> T joining(Work<T> work) throws SQLException {
    Optional<ThreadTransaction> current = threadTransaction();
    return current.isPresent() ? work.on(current.get().connection()) : inTransaction(work);
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
    return config.embedded().isEmpty()
        ? runAtServer(work)
        : runInFile(config.embedded().get(), work);
  }

  /**
   * As {@link #inTransaction}, for housekeeping that no request waits for: a statement may take ten
   * minutes.
   */
  public <T> T inLongTransaction(Work<T> work) throws SQLException {
    if (config.dialect() == Dialect.H2) {
      return inTransaction(work);
    }
    return inTransaction(
        connection -> {
          connection.setNetworkTimeout(Runnable::run, (int) HOUSEKEEPING.toMillis());
          try (Statement statement = connection.createStatement()) {
            // Shorter than the network time-out, so that the server ends the statement.
            statement.execute(
                "SET LOCAL statement_timeout = " + HOUSEKEEPING.minusSeconds(5).toMillis());
          }
          return work.on(connection);
        });
  }

  private <T> T runInFile(EmbeddedDatabase embedded, Work<T> work) throws SQLException {
    if (embedded.isAway()) {
      throw new StoreUnavailableException(
          "the database's file is closed until it can be written again");
    }
    try (Connection connection = source.getConnection()) {
      return work.on(connection);
    } catch (SQLException e) {
      if (!embedded.isBroken(e)) {
        throw e;
      }
      watch.ifPresent(StoreWatch::checkNow);
      throw new StoreUnavailableException("the database's file cannot be written", e);
    }
  }

  private <T> T runAtServer(Work<T> work) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return work.on(connection);
    } catch (SQLException e) {
      if (SqlStates.isUnavailable(e)) {
        // Readiness must not wait for the next heartbeat.
        watch.ifPresent(StoreWatch::checkUnlessInTrouble);
      }
      throw e;
    }
  }

  private <T> T commit(Connection connection, Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      T result = work.on(connection);
      connection.commit();
      if (config.dialect() == Dialect.H2) {
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
    config.embedded().ifPresent(EmbeddedDatabase::close);
    if (source instanceof HikariDataSource pool) {
      pool.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    schema.close();
    upkeep.ifPresent(H2Upkeep::close);
    watch.ifPresent(StoreWatch::close);
    closeAll();
  }
}
