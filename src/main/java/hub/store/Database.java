package hub.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import hub.settings.Setting;
import hub.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event store's pool and schema. Comes up even while the database is away and migrates as soon
 * as it answers, so that a hub which starts before its database tells senders to come back instead
 * of dying. Thread-safe.
 */
public final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  /**
   * A sender waits some seconds for its answer; a request must learn sooner that the store is away.
   */
  private static final long CONNECT_MILLIS = 3_000;

  /** H2's DATABASE_ALREADY_OPEN_1. */
  private static final int H2_FILE_LOCKED = 90020;

  private final Dialect dialect;
  private final HikariDataSource pool;
  private final CountDownLatch migrated = new CountDownLatch(1);
  private Optional<H2Upkeep> upkeep = Optional.empty();
  private volatile boolean closed;

  private Database(Dialect dialect, HikariDataSource pool) {
    this.dialect = dialect;
    this.pool = pool;
  }

  /**
   * Opens the store and brings its schema up to date, or leaves that to the background while it
   * cannot be reached.
   *
   * @throws IllegalArgumentException for an address of another database
   * @throws FlywayException when the store answers but refuses (wrong password, foreign schema)
   */
  public static Database open(Settings settings) {
    String url = settings.text(Setting.DATABASE_URL);
    Path folder = settings.path(Setting.DATA_DIR);
    boolean embedded = url.isEmpty();
    if (embedded) {
      url = embedded(folder);
    }
    Dialect dialect = Dialect.of(url);
    HikariConfig config = new HikariConfig();
    config.setPoolName("store");
    config.setJdbcUrl(url);
    // Named, because a launcher that adds jars at run time hides them from DriverManager.
    config.setDriverClassName(dialect.driver());
    config.setUsername(
        dialect == Dialect.H2 && settings.text(Setting.DATABASE_USER).isEmpty()
            ? "sa"
            : settings.text(Setting.DATABASE_USER));
    config.setPassword(settings.text(Setting.DATABASE_PASSWORD));
    config.setMaximumPoolSize(settings.count(Setting.DATABASE_POOL_SIZE));
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECT_MILLIS);
    config.setInitializationFailTimeout(-1);
    if (dialect == Dialect.POSTGRESQL) {
      config.addDataSourceProperty("ApplicationName", "integration-master");
      config.addDataSourceProperty("connectTimeout", "3");
      // A node that stalls within a transaction must not hold its locks against the others.
      config.setConnectionInitSql("SET idle_in_transaction_session_timeout = '10s'");
      // A database that is stalled, not gone, must not hold the writers for ever.
      config.addDataSourceProperty("socketTimeout", "30");
      config.addDataSourceProperty("tcpKeepAlive", "true");
    }
    Database database = new Database(dialect, new HikariDataSource(config));
    database.migrateNowOrLater();
    if (embedded) {
      database.upkeep = Optional.of(new H2Upkeep(database.pool));
    }
    if (dialect == Dialect.H2) {
      keepPrivate(folder);
    }
    return database;
  }

  private static String embedded(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "hub.data-dir: cannot make the folder " + folder.toAbsolutePath(), e);
    }
    // WRITE_DELAY=0: H2 would otherwise acknowledge up to half a second before the bytes reach the
    // file.
    // async: on the plain file system an interrupted thread closes the file for everybody.
    // OPTIMIZE_REUSE_RESULTS=FALSE: a query that ran beside a commit would be answered from before
    // it until something is written.
    // QUERY_CACHE_SIZE=0: a query with IN and LIMIT that H2 finds in its cache goes on where its
    // last
    // run stopped, in rows of that time, or fails once their place in the file is used again.
    // COMPRESS: a page holds some ten payloads of the same kind, which pack to a third.
    return "jdbc:h2:async:"
        + folder.toAbsolutePath()
        + "/hub;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;COMPRESS=TRUE;OPTIMIZE_REUSE_RESULTS=FALSE;QUERY_CACHE_SIZE=0;RETENTION_TIME="
        + H2Upkeep.RETENTION_MILLIS;
  }

  private void migrateNowOrLater() {
    try {
      migrate();
    } catch (FlywayException e) {
      if (!unreachable(e)) {
        pool.close();
        throw inUse(e)
            ? new IllegalStateException(
                "the data folder is in use by another hub; stop that one, or set DATA_DIR", e)
            : e;
      }
      LOG.warn(
          "store=unreachable: events are answered 503 until it is back ({})",
          e.getMessage().lines().findFirst().orElse(""));
      Thread retry = new Thread(this::migrateUntilDone, "store-migrate");
      retry.setDaemon(true);
      retry.start();
    }
  }

  private void migrate() {
    Flyway.configure(Database.class.getClassLoader())
        .dataSource(pool)
        .locations(dialect.migrations())
        .load()
        .migrate();
    migrated.countDown();
  }

  private void migrateUntilDone() {
    String told = "";
    while (!closed) {
      try {
        migrate();
        LOG.info("store=reachable: schema is up to date");
        return;
      } catch (FlywayException e) {
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

  private static boolean inUse(Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql && sql.getErrorCode() == H2_FILE_LOCKED) {
        return true;
      }
    }
    return false;
  }

  /** SQL state class 08 is the connection's; 57P is PostgreSQL starting up or shutting down. */
  private static boolean unreachable(Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql) {
        String state = sql.getSQLState() == null ? "" : sql.getSQLState();
        if (state.startsWith("08")
            || state.startsWith("57P")
            || (t instanceof SQLTransientConnectionException && t.getCause() == null)) {
          return true;
        }
      }
    }
    return false;
  }

  private static void keepPrivate(Path folder) {
    try (var files = Files.list(folder)) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.setPosixFilePermissions(
            file, EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
      }
    } catch (UnsupportedOperationException e) {
      LOG.debug("no POSIX permissions on this file system");
    } catch (IOException e) {
      throw new UncheckedIOException("hub.data-dir: cannot restrict access to " + folder, e);
    }
  }

  public Dialect dialect() {
    return dialect;
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
   * Runs {@code work} in one transaction: committed when it returns, rolled back when it throws.
   *
   * @throws StoreUnavailable while the schema is not there yet
   */
  public <T> T inTransaction(Work<T> work) throws SQLException {
    if (!ready()) {
      throw new StoreUnavailable("the event store has not been reached yet");
    }
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T result = work.on(connection);
        connection.commit();
        if (dialect == Dialect.H2) {
          awaitFile(connection);
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
  }

  /**
   * H2 may leave the writing of a commit to a background thread when another commit's version
   * carries it along; a process killed just then would lose what it has acknowledged. Returns when
   * no write is pending.
   */
  private static void awaitFile(Connection connection) throws SQLException {
    JdbcConnection h2 = connection.unwrap(JdbcConnection.class);
    if (h2.getSession() instanceof SessionLocal session) {
      session.getDatabase().getStore().getMvStore().executeFilestoreOperation(() -> {});
    }
  }

  @Override
  public void close() {
    closed = true;
    upkeep.ifPresent(H2Upkeep::close);
    pool.close();
  }
}
