package hub.inbox.engine;

import hub.db.Database;
import hub.inbox.db.PostgresInbox;
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
 * Hears of events that other nodes stored, so that nobody has to poll for them. PostgreSQL only.
 */
public final class NotifyListener {
  private static final Logger LOG = LoggerFactory.getLogger(NotifyListener.class);

  private final Database database;
  private final Handlers handlers;
  private final StoreOutage storeOutage;
  private final Thread thread;
  private volatile boolean closed;

  /** When this thread last began to ask or to wait, for {@link StoreOutage#explains}. */
  private long asked;

  /** On which it listens; null while it does not. */
  private volatile Connection listening;

  NotifyListener(Database database, Handlers handlers, StoreOutage storeOutage) {
    this.database = database;
    this.handlers = handlers;
    this.storeOutage = storeOutage;
    this.thread = new Thread(this::run, "inbox-listen");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  private void run() {
    while (!closed) {
      asked = storeOutage.now();
      try {
        if (database.awaitReady(1_000)) {
          listen();
        }
      } catch (SQLException e) {
        LOG.debug("listening broke off", e);
        // An idle node, too, must know that leases may have run out because the store was away.
        if (!closed) {
          storeOutage.explains(e, asked);
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
      // Whatever was stored while nobody listened.
      handlers.wakeAll();
      PGConnection postgres = connection.unwrap(PGConnection.class);
      listening = connection.unwrap(Connection.class);
      while (!closed) {
        asked = storeOutage.now();
        PGNotification[] heard = postgres.getNotifications(1_000);
        if (heard != null) {
          for (PGNotification one : heard) {
            handlers.wake(one.getParameter());
          }
        }
      }
    } finally {
      listening = null;
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

  /** Ends; waits for that at most {@code millis}. */
  void close(long millis) {
    closed = true;
    thread.interrupt();
    Connection heard = listening;
    try {
      if (heard != null) {
        // Who waits for news does not hear an interrupt.
        heard.abort(Runnable::run);
      }
    } catch (SQLException e) {
      LOG.debug("the connection listened on broke at the end", e);
    }
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
