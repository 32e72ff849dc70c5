package hub.db;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.sql.DataSource;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.FileStore;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open H2 database of this process. When a write fails, for instance because the disk is full,
 * H2 closes the file and all connections become useless. This class detects that and can open the
 * file again. Thread-safe.
 */
final class EmbeddedDatabase implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

  /** H2's DATABASE_IS_READ_ONLY: the file could not be opened for writing. */
  private static final int READ_ONLY = 90097;

  /** Two blocks, the only ones that H2 writes over: they name the newest chunk. */
  private static final int HEAD_BYTES = 2 * 4096;

  private static final int COPY_BYTES = 1 << 18;

  private final DataSource direct;
  private final DataFolder folder;
  private final Object gate = new Object();
  private final ReadWriteLock connecting = new ReentrantReadWriteLock();

  /** Stays open: H2 closes a database that has no connection. */
  private Connection anchor;

  private volatile org.h2.engine.Database database;
  private volatile Optional<Object> file = Optional.empty();
  private volatile boolean away = true;
  private volatile boolean closed;

  /** Whether {@link #giveUp} has closed the database that was open last. */
  private boolean shut;

  /**
   * @param direct opens connections outside of the pool
   */
  EmbeddedDatabase(DataSource direct, DataFolder folder) {
    this.direct = direct;
    this.folder = folder;
  }

  /**
   * Opens the file.
   *
   * @throws SQLException when it cannot be opened, or new connections do not reach it
   */
  void open() throws SQLException {
    Connection connection = direct.getConnection();
    anchor = connection;
    database = databaseOf(connection);
    shut = false;
    file = folder.identity();
    requireShared();
  }

  /**
   * Checks that new connections reach the database that is open here. H2 registers open databases
   * by name. A thread that still uses a closed one can remove the name of its successor; then new
   * connections find the file locked by this same process.
   *
   * @throws SQLException when they do not
   */
  void requireShared() throws SQLException {
    try (Connection another = direct.getConnection()) {
      if (databaseOf(another) != database) {
        throw new SQLException("the open database has lost its name", SqlStates.CONNECTION_FAILURE);
      }
    }
  }

  /** Lets the pool open connections from now on. */
  void admit() {
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
          throw new SQLTransientConnectionException("interrupted", SqlStates.CONNECTION_FAILURE, e);
        }
      }
      if (closed) {
        throw new SQLTransientConnectionException(
            "the hub is stopping", SqlStates.CONNECTION_FAILURE);
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

  /** How many writes H2 has made since the file was opened. */
  long writes() {
    return database.getStore().getMvStore().getFileStore().getWriteCount();
  }

  /**
   * Copies the file as it is when this begins. Others may write meanwhile: H2 changes no page in
   * place, and reuses no space until the copy is made. What they append is left out, or a copy that
   * is slower than they are would never end.
   *
   * <p>Reads through H2's own channel: closing another one would release H2's lock on the file.
   *
   * @throws MVStoreException when the file cannot be read, or was closed meanwhile
   */
  void copyTo(OutputStream out) throws IOException {
    if (away) {
      throw new StoreUnavailableException("the database's file is closed until it can be written");
    }
    MVStore store = database.getStore().getMvStore();
    FileStore<?> content = store.getFileStore();
    boolean reused = content.isSpaceReused();
    try {
      AtomicLong end = new AtomicLong();
      AtomicReference<byte[]> head = new AtomicReference<>();
      // Nobody writes during this, so that the copy ends behind a whole chunk.
      store.executeFilestoreOperation(
          () -> {
            content.setReuseSpace(false);
            head.set(read(content, 0, HEAD_BYTES));
            end.set(content.size());
          });
      out.write(head.get());
      for (long at = HEAD_BYTES; at < end.get(); at += COPY_BYTES) {
        out.write(read(content, at, (int) Math.min(COPY_BYTES, end.get() - at)));
      }
    } finally {
      content.setReuseSpace(reused);
    }
  }

  private static byte[] read(FileStore<?> content, long at, int length) {
    byte[] bytes = new byte[length];
    content.readFully(null, at, length).get(bytes);
    return bytes;
  }

  /** Closes the database by force. No connection is given out until {@link #admit}. */
  void giveUp() {
    away = true;
    // Waits for connections that are being opened, so that none opens the file meanwhile.
    connecting.writeLock().lock();
    try {
      if (!shut) {
        shut = true;
        database.shutdownImmediately();
      }
    } finally {
      connecting.writeLock().unlock();
    }
    closeAnchor();
  }

  /** Writes the heartbeat through the anchor connection. */
  void beat(Heartbeat heartbeat) throws SQLException {
    heartbeat.beat(anchor);
    awaitFile(anchor);
  }

  private void closeAnchor() {
    try {
      anchor.close();
    } catch (SQLException | RuntimeException e) {
      LOG.debug("cannot close the connection to the closed database", e);
    }
  }

  /**
   * Returns when no write to the file is pending. H2 may leave a commit to a background thread,
   * when another commit's version includes it. A process that is killed then would lose an event
   * that it has acknowledged.
   *
   * @throws SQLException when the write failed
   */
  static void awaitFile(Connection connection) throws SQLException {
    try {
      if (connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session) {
        MVStore store = session.getDatabase().getStore().getMvStore();
        // A database in memory has no file.
        if (store.getFileStore() != null) {
          store.executeFilestoreOperation(() -> {});
        }
      }
    } catch (MVStoreException e) {
      throw new SQLException(
          "the database's file cannot be written: " + e.getMessage(), SqlStates.IO_ERROR, e);
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
    closeAnchor();
  }
}
