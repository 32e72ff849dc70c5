package hub.inbox.idempotency;

import hub.db.Database;
import hub.db.Dialect;
import hub.db.StoreUnavailableException;
import hub.inbox.InboxVariables;
import hub.inbox.engine.Lease;
import hub.inbox.engine.LeaseExpiredException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.spi.IdempotentRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers across threads, nodes and restarts what was done. A key is taken by one atomic insert,
 * under a lease: whoever finds it done skips, whoever finds it in progress elsewhere gets {@link
 * KeyInProgressException}, and a key whose holder died is taken over once the lease has run out. A
 * key counts within its route. Thread-safe.
 *
 * <p>What a process did and could not confirm before it died is done again, so the step inside must
 * bear that, or take the same key to whoever it calls.
 */
public final class IdempotencyKeys implements IdempotentRepository {
  private static final Logger LOG = LoggerFactory.getLogger(IdempotencyKeys.class);

  /**
   * Longer than any call out may take with all its retries, shorter than the inbox's second retry.
   */
  public static final Duration LEASE = Duration.ofMinutes(2);

  /** A key that vanishes between two looks was just removed by its holder. */
  private static final int LOOKS = 5;

  /** The primary key decides a race; looking first keeps duplicates from filling the error log. */
  private static final String TAKE =
      """
      INSERT INTO idempotency_key (scope, key_text, state, owner, lease_until, created_at)
      SELECT ?, ?, 'in-progress', CAST(? AS uuid),
             CURRENT_TIMESTAMP + CAST(? AS bigint) * INTERVAL '0.001' SECOND, CURRENT_TIMESTAMP
      WHERE NOT EXISTS (SELECT 1 FROM idempotency_key WHERE scope = ? AND key_text = ?)
      """;

  /** Locks the row: of several who find the lease run out, the first changes what the rest see. */
  private static final String TAKE_OVER =
      """
      UPDATE idempotency_key
      SET owner = ?, lease_until = CURRENT_TIMESTAMP + CAST(? AS bigint) * INTERVAL '0.001' SECOND
      WHERE scope = ? AND key_text = ? AND state = 'in-progress'
        AND (lease_until <= CURRENT_TIMESTAMP OR owner = ?)
      """;

  private static final String STATE =
      "SELECT state FROM idempotency_key WHERE scope = ? AND key_text = ?";

  /** Only the holder's: a lease that was lost in the meantime is somebody else's to finish. */
  private static final String CONFIRM =
      """
      UPDATE idempotency_key SET state = 'done', lease_until = NULL, done_at = CURRENT_TIMESTAMP
      WHERE scope = ? AND key_text = ? AND state = 'in-progress' AND owner = ?
      """;

  private static final String REMOVE =
      "DELETE FROM idempotency_key WHERE scope = ? AND key_text = ? AND state = 'in-progress' AND owner = ?";

  private static final String EXPIRE =
      """
      DELETE FROM idempotency_key
      WHERE done_at < CURRENT_TIMESTAMP - CAST(? AS integer) * INTERVAL '1' DAY
         OR lease_until < CURRENT_TIMESTAMP - CAST(? AS integer) * INTERVAL '1' DAY
      """;

  private static final String UNIQUE_VIOLATION = "23505";

  private final Database database;
  private final Duration lease;

  /** Who holds what was taken without an exchange. */
  private final Map<ScopedKey, UUID> held = new ConcurrentHashMap<>();

  /**
   * @param lease how long a key may be in progress before others take it over
   */
  public IdempotencyKeys(Database database, Duration lease) {
    this.database = database;
    this.lease = lease;
  }

  /**
   * Frees what this hub left in progress when it died, where it can have been no one else: an
   * embedded database has one process. Leases on a shared one run out by themselves.
   */
  public void releaseAll() {
    if (database.dialect() == Dialect.H2 && database.ready()) {
      int freed = update("DELETE FROM idempotency_key WHERE state = 'in-progress'");
      if (freed > 0) {
        LOG.info("idempotency=start released={}: steps that the last run left unfinished", freed);
      }
    }
  }

  /**
   * @return whether the key is new and now the exchange's to confirm or remove; false: it is done
   * @throws KeyInProgressException when it is neither
   * @throws StoreUnavailableException when nobody can tell
   * @throws hub.inbox.engine.LeaseExpiredException when a handler asks whose event may be somebody
   *     else's
   */
  @Override
  public boolean add(Exchange exchange, String key) {
    Lease.requireWithStore(exchange);
    ScopedKey scoped = scoped(exchange, key);
    // A redelivery may come back to a key that its exchange still holds; without one, each is new.
    UUID before = exchange == null ? null : owner(exchange, scoped);
    UUID owner = before == null ? UUID.randomUUID() : before;
    boolean taken = whenStoreIsThere(exchange, () -> take(scoped, owner));
    if (taken) {
      if (exchange == null) {
        held.put(scoped, owner);
      } else {
        exchange.setProperty(property(scoped), owner);
      }
    }
    return taken;
  }

  /**
   * A handler's step waits for a store that is away: to fail would repeat what the handler has done
   * before. Each statement changes nothing the second time.
   */
  private static boolean whenStoreIsThere(Exchange exchange, BooleanSupplier statement) {
    for (int attempt = 1; ; attempt++) {
      try {
        return statement.getAsBoolean();
      } catch (StoreUnavailableException e) {
        // Beyond that, the store answers and refuses.
        if (attempt == LOOKS || !Lease.awaitStore(exchange)) {
          throw e;
        }
      }
    }
  }

  private boolean take(ScopedKey key, UUID owner) {
    for (int look = 0; look < LOOKS; look++) {
      if (insert(key, owner)
          || update(TAKE_OVER, owner, lease.toMillis(), key.scope(), key.key(), owner) == 1) {
        return true;
      }
      Optional<String> state = state(key);
      if (state.isPresent() && state.get().equals("done")) {
        return false;
      }
      if (state.isPresent()) {
        break;
      }
    }
    throw new KeyInProgressException(key.scope(), key.key());
  }

  private boolean insert(ScopedKey key, UUID owner) {
    try {
      return execute(TAKE, key.scope(), key.key(), owner, lease.toMillis(), key.scope(), key.key())
          == 1;
    } catch (SQLException e) {
      if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
        return false;
      }
      throw unavailable(e);
    }
  }

  private Optional<String> state(ScopedKey key) {
    try {
      return database.inTransaction(
          connection -> {
            try (PreparedStatement statement = connection.prepareStatement(STATE)) {
              statement.setString(1, key.scope());
              statement.setString(2, key.key());
              try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
              }
            }
          });
    } catch (SQLException e) {
      throw unavailable(e);
    }
  }

  /** Whether the key is done. */
  @Override
  public boolean contains(Exchange exchange, String key) {
    return state(scoped(exchange, key)).filter("done"::equals).isPresent();
  }

  /**
   * Makes the key done. What happened cannot be undone, so a store that is away only costs a
   * warning here.
   */
  @Override
  public boolean confirm(Exchange exchange, String key) {
    return finish(CONFIRM, "confirm", exchange, key);
  }

  /** Frees the key after a failure, so that the next attempt does the step. */
  @Override
  public boolean remove(Exchange exchange, String key) {
    return finish(REMOVE, "remove", exchange, key);
  }

  private boolean finish(String sql, String operation, Exchange exchange, String key) {
    ScopedKey scoped = scoped(exchange, key);
    UUID owner = owner(exchange, scoped);
    if (owner == null) {
      return false;
    }
    try {
      boolean ours =
          whenStoreIsThere(exchange, () -> update(sql, scoped.scope(), scoped.key(), owner) == 1);
      if (!ours) {
        LOG.warn(
            "idempotency={} outcome=fenced scope={} key={}: its lease ran out and another took over",
            operation,
            scoped.scope(),
            scoped.key());
      }
      return ours;
    } catch (StoreUnavailableException | LeaseExpiredException e) {
      LOG.warn(
          "idempotency={} outcome=failed scope={} key={} error={}: in progress until its lease ends",
          operation,
          scoped.scope(),
          scoped.key(),
          e.getMessage());
      return false;
    } finally {
      held.remove(scoped, owner);
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

  /** Forgets everything: every step may happen again. */
  @Override
  public void clear() {
    update("DELETE FROM idempotency_key");
  }

  /**
   * Forgets what was done, or given up, more than {@code days} ago.
   *
   * @return how many keys
   */
  int expire(int days) {
    return update(EXPIRE, days, days);
  }

  /** Nothing to start. */
  @Override
  public void start() {}

  /** Nothing to stop: every route that stops calls this, while others go on. */
  @Override
  public void stop() {}

  private static ScopedKey scoped(Exchange exchange, String key) {
    if (exchange == null) {
      return new ScopedKey("", key);
    }
    // Within a Kamelet the exchange's own route is one of a new name at every start.
    String handler = exchange.getVariable(InboxVariables.HANDLER, String.class);
    String route = handler == null ? exchange.getFromRouteId() : handler;
    return new ScopedKey(route == null ? "" : route, key);
  }

  private UUID owner(Exchange exchange, ScopedKey key) {
    return exchange == null ? held.get(key) : exchange.getProperty(property(key), UUID.class);
  }

  private static String property(ScopedKey key) {
    return "hub.idempotency.owner." + key.key();
  }

  private int update(String sql, Object... parameters) {
    try {
      return execute(sql, parameters);
    } catch (SQLException e) {
      throw unavailable(e);
    }
  }

  private int execute(String sql, Object... parameters) throws SQLException {
    return database.inTransaction(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
              statement.setObject(i + 1, parameters[i]);
            }
            return statement.executeUpdate();
          }
        });
  }

  private static StoreUnavailableException unavailable(SQLException e) {
    return new StoreUnavailableException("the store of idempotency keys does not answer", e);
  }
}
