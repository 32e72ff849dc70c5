package hub.inbox.engine;

import hub.db.Database;
import hub.inbox.db.PostgresInbox;
import hub.util.DaemonThreads;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives PostgreSQL's notifications of events that other nodes stored, so that handlers need not
 * poll for them, and of changes of the other nodes' handlers.
 */
public final class NotifyListener {
  private static final Logger LOG = LoggerFactory.getLogger(NotifyListener.class);

  private final Database database;
  private final Handlers handlers;
  private final HandlerDirectory directory;
  private final StoreOutage storeOutage;
  private final Thread thread;
  private volatile boolean closed;

  /** When this thread last sent a request, for {@link StoreOutage#recordIfOutage}. */
  private long askedAt;

  /** The connection that listens; null while there is none. */
  private volatile Connection listening;

  NotifyListener(
      Database database, Handlers handlers, HandlerDirectory directory, StoreOutage storeOutage) {
    this.database = database;
    this.handlers = handlers;
    this.directory = directory;
    this.storeOutage = storeOutage;
    this.thread = DaemonThreads.named("inbox-listen", this::run);
    this.thread.start();
  }

  private void run() {
    while (!closed) {
      askedAt = storeOutage.now();
      try {
        if (database.awaitReady(1_000)) {
          listen();
        }
      } catch (SQLException e) {
        LOG.debug("the listening connection failed", e);
        // An idle node must notice an outage, too: leases may have expired because of it.
        if (!closed) {
          storeOutage.recordIfOutage(e, askedAt);
        }
        if (!pause()) {
          return;
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void listen() throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      try (Statement statement = connection.createStatement()) {
        try (ResultSet row = statement.executeQuery("SELECT " + PostgresInbox.CHANNEL)) {
          row.next();
          statement.execute("LISTEN \"" + row.getString(1) + '"');
        }
      }
      // Events may have been stored, and handlers changed, while this node did not listen.
      handlers.notifyAllHandlers();
      directory.refresh();
      PGConnection postgres = connection.unwrap(PGConnection.class);
      listening = connection.unwrap(Connection.class);
      while (!closed) {
        askedAt = storeOutage.now();
        PGNotification[] notifications = postgres.getNotifications(1_000);
        if (notifications != null) {
          for (PGNotification one : notifications) {
            notified(one.getParameter());
          }
        }
      }
    } finally {
      listening = null;
    }
  }

  private void notified(String text) {
    if (text.equals(HandlerDirectory.CHANGED)) {
      directory.refresh();
    } else {
      handlers.notifyHandler(text);
    }
  }

  private static boolean pause() {
    try {
      TimeUnit.SECONDS.sleep(1);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Ends the thread; waits for that at most {@code millis}. */
  void close(long millis) {
    closed = true;
    thread.interrupt();
    Connection connection = listening;
    try {
      if (connection != null) {
        // An interrupt does not end the driver's wait for notifications.
        connection.abort(Runnable::run);
      }
    } catch (SQLException e) {
      LOG.debug("cannot abort the listening connection", e);
    }
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
