package hub.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.sql.DataSource;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open H2 database of this process. H2 closes its file at the first write that fails, because
 * the disk is full for instance, and every connection is of no use from then on. This notices it
 * and opens the file again. Thread-safe.
 */
final class EmbeddedDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

  /** H2's DATABASE_IS_READ_ONLY: the file could not be opened for writing. */
  private static final int READ_ONLY = 90097;

  /** SQLSTATE of a connection that is of no use. */
  private static final String CONNECTION_FAILURE = "08006";

  private final DataSource direct;
  private final DataFolder folder;
  private final Object gate = new Object();
  private final ReadWriteLock connecting = new ReentrantReadWriteLock();

  /** Kept open, so that H2 does not close the database while nobody else has a connection. */
  private Connection keeper;

  private volatile org.h2.engine.Database database;
  private volatile Optional<Object> file = Optional.empty();
  private volatile boolean away = true;
  private volatile boolean closed;

  /** What is open was closed by force. */
  private boolean shut;

  /**
   * @param direct of connections past the pool
   */
  EmbeddedDatabase(DataSource direct, DataFolder folder) {
    this.direct = direct;
    this.folder = folder;
  }

  /**
   * Opens the file.
   *
   * @throws SQLException when it cannot be opened, or not by others, too
   */
  void open() throws SQLException {
    Connection connection = direct.getConnection();
    keeper = connection;
    database = databaseOf(connection);
    shut = false;
    file = folder.identity();
    requireShared();
  }

  /**
   * H2 finds an open database by its name, and a thread that still meets a closed one takes the
   * name from its successor; then new connections find the file locked, by this very process.
   *
   * @throws SQLException when new connections do not come to the database that is open here
   */
  void requireShared() throws SQLException {
    try (Connection another = direct.getConnection()) {
      if (databaseOf(another) != database) {
        throw new SQLException("the open database has lost its name", CONNECTION_FAILURE);
      }
    }
  }

  /** From now on the pool may open connections. */
  void letIn() {
    synchronized (gate) {
      away = false;
      gate.notifyAll();
    }
  }

  /**
   * A new connection for the pool; waits while the file is closed, so that nobody else opens it.
   *
   * @throws SQLException when this was closed meanwhile
   */
  Connection connect() throws SQLException {
    while (true) {
      awaitOpen();
      connecting.readLock().lock();
      try {
        if (!away) {
          return direct.getConnection();
        }
      } finally {
        connecting.readLock().unlock();
      }
    }
  }

  private void awaitOpen() throws SQLException {
    synchronized (gate) {
      while (away && !closed) {
        try {
          gate.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new SQLTransientConnectionException("interrupted", CONNECTION_FAILURE, e);
        }
      }
      if (closed) {
        throw new SQLTransientConnectionException("the hub is stopping", CONNECTION_FAILURE);
      }
    }
  }

  /** Whether the file is closed, and being opened again. */
  boolean isAway() {
    return away;
  }

  /** Whether H2 has given up, or opened the file only for reading, as {@code error} tells. */
  boolean isBroken(Exception error) {
    if (away) {
      return true;
    }
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql && sql.getErrorCode() == READ_ONLY) {
        return true;
      }
    }
    try {
      MVStore store = database.getStore().getMvStore();
      return store.isClosed() || store.getPanicException() != null;
    } catch (RuntimeException e) {
      return true;
    }
  }

  /** Whether the file lies where it was opened. */
  boolean isInPlace() {
    return file.equals(folder.identity());
  }

  /** What has been written since the file was opened, in writes of H2. */
  long writes() {
    return database.getStore().getMvStore().getFileStore().getWriteCount();
  }

  /** Closes what is left of the database; nobody gets a connection until {@link #letIn}. */
  void giveUp() {
    away = true;
    // Whoever is connecting opens no file behind our back.
    connecting.writeLock().lock();
    try {
      if (!shut) {
        shut = true;
        database.shutdownImmediately();
      }
    } finally {
      connecting.writeLock().unlock();
    }
    closeKeeper();
  }

  /** Writes through the connection that is kept open. */
  void beat(Heartbeat heartbeat) throws SQLException {
    heartbeat.beat(keeper);
    awaitFile(keeper);
  }

  private void closeKeeper() {
    try {
      keeper.close();
    } catch (SQLException | RuntimeException e) {
      LOG.debug("a connection to the closed database", e);
    }
  }

  /**
   * H2 may leave the writing of a commit to a background thread when another commit's version
   * carries it along; a process killed just then would lose what it has acknowledged. Returns when
   * no write is pending.
   *
   * @throws SQLException when the writing failed
   */
  static void awaitFile(Connection connection) throws SQLException {
    try {
      if (connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session) {
        session.getDatabase().getStore().getMvStore().executeFilestoreOperation(() -> {});
      }
    } catch (MVStoreException e) {
      throw new SQLException(
          "the database's file cannot be written: " + e.getMessage(), "58030", e);
    }
  }

  private static org.h2.engine.Database databaseOf(Connection connection) throws SQLException {
    return ((SessionLocal) connection.unwrap(JdbcConnection.class).getSession()).getDatabase();
  }

  @Override
  public void close() {
    synchronized (gate) {
      closed = true;
      gate.notifyAll();
    }
    closeKeeper();
  }
}
