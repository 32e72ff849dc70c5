package hub.inbox.idempotency;

import hub.db.Database;
import hub.db.Dialect;
import hub.db.StoreUnavailableException;
import hub.inbox.InboxVariables;
import hub.inbox.engine.Lease;
import hub.inbox.engine.LeaseExpiredException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.spi.IdempotentRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers which steps are done, across threads, nodes and restarts. One atomic insert takes a
 * key, under a lease. For a key that is done the step is skipped. A key in progress elsewhere
 * throws {@link KeyInProgressException}, for which a handler's event waits without losing an
 * attempt. A key whose owner died is taken over after its lease has expired, also by the same
 * event: the event's own lease stops the steps that its former owner has yet to begin, but the one
 * under way may still end. Keys of different routes are different keys. Thread-safe.
 *
 * <p>A process may die after the step and before {@link #confirm}; then the step is done again. So
 * the step must tolerate that, or send the key with its call.
 */
public final class IdempotencyKeys implements IdempotentRepository {
  /** Name in the registry. */
  public static final String BEAN = "idempotency";

  private static final Logger LOG = LoggerFactory.getLogger(IdempotencyKeys.class);

  /** Longer than any call with all its retries. */
  public static final Duration LEASE = Duration.ofMinutes(2);

  /** Tries to take a key: one that disappears between two statements was just removed. */
  private static final int TRIES = 5;

  private final Database database;
  private final KeyTable table;
  private final Duration lease;

  /** The owners of keys that were taken without an exchange. */
  private final Map<ScopedKey, UUID> owners = new ConcurrentHashMap<>();

  /**
   * @param lease how long a key may be in progress before another process takes it over
   */
  public IdempotencyKeys(Database database, Duration lease) {
    this.database = database;
    this.table = new KeyTable(database);
    this.lease = lease;
  }

  /**
   * Removes the keys that this hub left in progress when it died. Embedded database only, which has
   * one process; the leases in a shared database expire by themselves.
   */
  public void releaseAll() {
    if (database.dialect() == Dialect.H2 && database.ready()) {
      int freed = table.removeInProgress();
      if (freed > 0) {
        LOG.info("idempotency=start released={}: steps that the last run left unfinished", freed);
      }
    }
  }

  /**
   * Takes a key.
   *
   * @return true: the exchange has the key and must confirm or remove it; false: it is done
   * @throws KeyInProgressException when another exchange has it
   * @throws StoreUnavailableException when the store does not answer
   * @throws hub.inbox.engine.LeaseExpiredException when another process may be handling the event
   */
  @Override
  public boolean add(Exchange exchange, String key) {
    Lease.requireWithStore(exchange);
    ScopedKey scoped = scoped(exchange, key);
    // A redelivery of the same exchange may take a key that the exchange has already.
    UUID before = exchange == null ? null : owner(exchange, scoped);
    UUID owner = before == null ? UUID.randomUUID() : before;
    boolean taken = awaitingStore(exchange, () -> take(scoped, owner));
    if (taken) {
      if (exchange == null) {
        owners.put(scoped, owner);
      } else {
        exchange.setProperty(property(scoped), owner);
      }
    }
    return taken;
  }

  /**
   * Lets a handler's step wait while the store is unavailable: a failure would repeat the effects
   * of its earlier steps. The statements may run twice.
   */
  private static boolean awaitingStore(Exchange exchange, BooleanSupplier statement) {
    for (int attempt = 1; ; attempt++) {
      try {
        return statement.getAsBoolean();
      } catch (StoreUnavailableException e) {
        // After so many tries the store answers, but with an error.
        if (attempt == TRIES || !Lease.awaitStore(exchange)) {
          throw e;
        }
      }
    }
  }

  private boolean take(ScopedKey key, UUID owner) {
    for (int i = 0; i < TRIES; i++) {
      if (table.insert(key, owner, lease) || table.takeOver(key, owner, lease)) {
        return true;
      }
      Optional<KeyTable.State> state = table.state(key);
      if (state.isPresent()) {
        if (state.get().isDone()) {
          return false;
        }
        throw new KeyInProgressException(key, state.get().leaseLeft());
      }
    }
    throw new KeyInProgressException(key, Duration.ZERO);
  }

  /** Whether the key is done. */
  @Override
  public boolean contains(Exchange exchange, String key) {
    return table.state(scoped(exchange, key)).filter(KeyTable.State::isDone).isPresent();
  }

  /**
   * Makes the key done. Only logs a warning when the store does not answer: the step has happened
   * and cannot be undone.
   */
  @Override
  public boolean confirm(Exchange exchange, String key) {
    return finish(table::confirm, "confirm", exchange, key);
  }

  /** Removes the key after a failure, so that the next attempt does the step. */
  @Override
  public boolean remove(Exchange exchange, String key) {
    if (database.threadTransaction().isPresent()) {
      // It is rolled back with the event; PostgreSQL takes no statement before that.
      return true;
    }
    return finish(table::remove, "remove", exchange, key);
  }

  private boolean finish(
      BiPredicate<ScopedKey, UUID> statement, String operation, Exchange exchange, String key) {
    ScopedKey scoped = scoped(exchange, key);
    UUID owner = owner(exchange, scoped);
    if (owner == null) {
      return false;
    }
    try {
      boolean isOwner = awaitingStore(exchange, () -> statement.test(scoped, owner));
      if (!isOwner) {
        LOG.warn(
            "idempotency={} outcome=fenced scope={} key={}: its lease ran out and another took over",
            operation,
            scoped.scope(),
            scoped.key());
      }
      return isOwner;
    } catch (StoreUnavailableException | LeaseExpiredException e) {
      if (database.threadTransaction().isPresent()) {
        // The step is rolled back with the event.
        throw e;
      }
      LOG.warn(
          "idempotency={} outcome=failed scope={} key={} error={}: in progress until its lease ends",
          operation,
          scoped.scope(),
          scoped.key(),
          e.getMessage());
      return false;
    } finally {
      owners.remove(scoped, owner);
    }
  }

  @Override
  public boolean add(String key) {
    return add(null, key);
  }

  @Override
  public boolean contains(String key) {
    return contains(null, key);
  }

  @Override
  public boolean confirm(String key) {
    return confirm(null, key);
  }

  @Override
  public boolean remove(String key) {
    return remove(null, key);
  }

  /** Deletes all keys: every step may happen again. */
  @Override
  public void clear() {
    table.clear();
  }

  /**
   * Gives the keys of one route to another, which has been renamed; those that it has already stay
   * where they are.
   *
   * @throws StoreUnavailableException when the store does not answer
   */
  public void move(String fromRoute, String toRoute) {
    table.move(ScopedKey.fit(fromRoute), ScopedKey.fit(toRoute));
  }

  /**
   * Deletes keys that were done, or whose lease expired, more than {@code days} ago.
   *
   * @return how many
   */
  int expire(int days) {
    return table.expire(days);
  }

  /** Nothing to start. */
  @Override
  public void start() {}

  /** Nothing to stop: each route calls this when it stops, while others go on. */
  @Override
  public void stop() {}

  private static ScopedKey scoped(Exchange exchange, String key) {
    if (exchange == null) {
      return new ScopedKey("", key);
    }
    // Within a Kamelet, the exchange's route has a name that differs at every start.
    String handler = exchange.getVariable(InboxVariables.HANDLER, String.class);
    String route = handler == null ? exchange.getFromRouteId() : handler;
    return new ScopedKey(route == null ? "" : route, key);
  }

  private UUID owner(Exchange exchange, ScopedKey key) {
    return exchange == null ? owners.get(key) : exchange.getProperty(property(key), UUID.class);
  }

  private static String property(ScopedKey key) {
    return "hub.idempotency.owner." + key.key();
  }
}
