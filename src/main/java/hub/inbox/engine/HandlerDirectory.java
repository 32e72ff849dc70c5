package hub.inbox.engine;

import hub.db.Database;
import hub.db.Dialect;
import hub.inbox.db.HandlerTable;
import hub.inbox.db.InboxStore;
import hub.inbox.db.PublishedHandler;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Lock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the handlers of this node to the others, through the store, and learns theirs. A change is
 * notified, so that the others know it at once; a lost notification costs them one {@link #BEAT}.
 * Thread-safe.
 */
public final class HandlerDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(HandlerDirectory.class);

  /** Notified in place of a route's id: some node's handlers have changed. */
  static final String CHANGED = "handlers changed";

  static final Duration BEAT = Duration.ofSeconds(10);

  /** Two lost beats, as when the store fails over, do not make a node's handlers absent. */
  static final Duration LIFE = BEAT.multipliedBy(3);

  private final Database database;
  private final InboxStore store;
  private final Handlers handlers;
  private final StoreOutage storeOutage;
  private final Duration grace;
  private final UUID node;
  private final Lock exchanging;
  private final Signal signal;
  private final Thread thread;

  /** What the store knows of this node; empty: nothing yet. */
  private volatile Optional<List<PublishedHandler>> published = Optional.empty();

  private volatile boolean announced;
  private volatile boolean closed;
  private volatile boolean served;

  /**
   * @param node the id of this run of the hub
   * @param grace how long a handler counts after its last node has stopped
   */
  HandlerDirectory(
      Database database,
      InboxStore store,
      Handlers handlers,
      StoreOutage storeOutage,
      Timing timing,
      UUID node,
      Duration grace) {
    this.node = node;
    this.exchanging = timing.lock();
    this.database = database;
    this.store = store;
    this.handlers = handlers;
    this.storeOutage = storeOutage;
    this.grace = grace;
    this.signal = timing.signal();
    this.thread = timing.start("inbox-handlers", this::run);
    handlers.onChange(signal::raise);
  }

  /**
   * Call this before a handler starts: the others know of it then. While the store is away they
   * learn of it, and this node of theirs, before this node stores an event.
   */
  public void announce() {
    announced = true;
    if (!published.equals(Optional.of(handlers.published()))) {
      tryExchange();
    }
  }

  /** Call this before events are matched: does nothing once the others' handlers are known. */
  void requireKnown() throws SQLException {
    if (published.isEmpty()) {
      exchange();
    }
  }

  /** The others have changed. */
  void refresh() {
    signal.raise();
  }

  /**
   * How the other live nodes have a route. Asks the store, because one may have started just now.
   *
   * @return empty: the store cannot tell
   */
  Optional<List<Known>> versionsOfOthers(String route) {
    long askedAt = storeOutage.now();
    try {
      return Optional.of(
          database.read(c -> HandlerTable.others(c, node, Duration.ZERO)).stream()
              .filter(one -> one.route().equals(route))
              .map(handlers.matching()::ready)
              .toList());
    } catch (SQLException | RuntimeException e) {
      logFailure(e, askedAt);
      return Optional.empty();
    }
  }

  /** Tells which events of a route are for other nodes alone. Make one for each look. */
  public ForOthers forOthers(String route) {
    return new ForOthers(this, handlers.matching(), route);
  }

  private void run() {
    while (!closed) {
      try {
        signal.await(BEAT.toMillis());
      } catch (InterruptedException e) {
        return;
      }
      if (!closed && announced) {
        tryExchange();
      }
    }
    stop();
  }

  private void tryExchange() {
    long askedAt = storeOutage.now();
    try {
      if (database.ready()) {
        exchange();
      }
    } catch (SQLException | RuntimeException e) {
      logFailure(e, askedAt);
    }
  }

  /** Renews this node's handlers, or writes them where they have changed, and reads the others'. */
  private void exchange() throws SQLException {
    exchanging.lock();
    try {
      List<PublishedHandler> own = handlers.published();
      handlers.setOthers(database.inTransaction(connection -> exchange(connection, own)));
      published = Optional.of(own);
    } finally {
      exchanging.unlock();
    }
  }

  private List<PublishedHandler> exchange(Connection connection, List<PublishedHandler> own)
      throws SQLException {
    if (published.isEmpty() && database.dialect() == Dialect.H2) {
      // This is the only process: the others are earlier runs of it.
      HandlerTable.removeOthers(connection, node);
    }
    boolean there =
        published.equals(Optional.of(own))
            && HandlerTable.renew(connection, node, LIFE) == own.size();
    if (!there) {
      HandlerTable.publish(connection, node, own, LIFE);
      store.announce(connection, Set.of(CHANGED));
    }
    return HandlerTable.others(connection, node, grace);
  }

  private void stop() {
    long askedAt = storeOutage.now();
    try {
      if (published.isPresent()) {
        database.inTransaction(
            connection -> {
              store.announce(connection, Set.of(CHANGED));
              return served
                  ? HandlerTable.renew(connection, node, Duration.ZERO)
                  : HandlerTable.remove(connection, node);
            });
      }
    } catch (SQLException | RuntimeException e) {
      logFailure(e, askedAt);
    }
  }

  private void logFailure(Exception error, long askedAt) {
    if (!storeOutage.recordIfOutage(error, askedAt)) {
      LOG.warn(
          "inbox=handlers outcome=failed, again in {} s: {}", BEAT.toSeconds(), error.toString());
    }
  }

  /**
   * Tells that this node's handlers have stopped; waits for that at most {@code millis}.
   *
   * @param hasServed false: they never ran together, and nobody is to wait for them
   */
  void close(long millis, boolean hasServed) {
    served = hasServed;
    closed = true;
    signal.raise();
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
