package hub.identity.login;

import hub.db.Database;
import hub.db.Jdbc;
import hub.db.StoreUnavailableException;
import hub.identity.session.RandomSecret;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logins that wait for their callback. A state is valid once, for ten minutes; the table {@code
 * login_attempt} contains only its hash. Thread-safe.
 */
final class LoginAttempts {
  private static final Logger LOG = LoggerFactory.getLogger(LoginAttempts.class);

  /** Long enough to type a password, short enough that a leaked state is useless. */
  static final Duration LIFETIME = Duration.ofMinutes(10);

  private static final String BEGIN =
      "INSERT INTO login_attempt (state_hash, provider, return_to, expires_at) VALUES (?, ?, ?, ?)";

  private static final String FIND =
      """
      SELECT return_to FROM login_attempt
      WHERE state_hash = ? AND provider = ? AND expires_at > ?
      """;

  /** Of two concurrent callbacks only one deletes the row. */
  private static final String TAKE = "DELETE FROM login_attempt WHERE state_hash = ?";

  private static final String EXPIRE = "DELETE FROM login_attempt WHERE expires_at <= ?";

  /**
   * Maximum number of rows: 30 logins a second for ten minutes. Beyond that the oldest are deleted,
   * so that the table does not grow.
   */
  static final int MAX_ROWS = 20_000;

  /** Logins between two counts of the rows. */
  private static final int COUNT_EVERY = 200;

  private static final String COUNT = "SELECT count(*) FROM login_attempt";

  private static final String DROP_OLDEST =
      """
      DELETE FROM login_attempt WHERE state_hash IN
        (SELECT state_hash FROM login_attempt ORDER BY expires_at LIMIT ?)
      """;

  private final Database database;
  private final Clock clock;
  private final int maxRows;
  private final AtomicInteger begun = new AtomicInteger();

  LoginAttempts(Database database, Clock clock) {
    this(database, clock, MAX_ROWS);
  }

  LoginAttempts(Database database, Clock clock, int maxRows) {
    this.maxRows = maxRows;
    this.database = database;
    this.clock = clock;
  }

  void begin(String state, String provider, String returnTo) {
    if (begun.getAndIncrement() % Math.min(COUNT_EVERY, maxRows) == 0) {
      makeRoom();
    }
    on(
        connection ->
            Jdbc.update(
                connection,
                BEGIN,
                RandomSecret.hash(state),
                provider,
                returnTo,
                now().plus(LIFETIME)));
  }

  private void makeRoom() {
    expire();
    on(
        connection -> {
          int tooMany = Jdbc.first(connection, COUNT, row -> row.getInt(1)).orElseThrow() - maxRows;
          if (tooMany > 0) {
            Jdbc.update(connection, DROP_OLDEST, tooMany);
            LOG.warn("login=begin outcome=too-many dropped={} most={}", tooMany, maxRows);
          }
          return tooMany;
        });
  }

  /**
   * Consumes a state and returns the login's {@code returnTo}; empty when the state is unknown,
   * used or expired.
   */
  Optional<String> take(String state, String provider) {
    String hash = RandomSecret.hash(state);
    return on(
        connection -> {
          Optional<String> returnTo =
              Jdbc.first(connection, FIND, row -> row.getString(1), hash, provider, now());
          return returnTo.isPresent() && Jdbc.update(connection, TAKE, hash) == 1
              ? returnTo
              : Optional.empty();
        });
  }

  /** Deletes expired logins and returns their number. */
  int expire() {
    return on(connection -> Jdbc.update(connection, EXPIRE, now()));
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }

  private <T> T on(Database.Work<T> work) {
    try {
      return database.inTransaction(work);
    } catch (SQLException e) {
      throw new StoreUnavailableException("the logins in progress cannot be reached", e);
    }
  }
}
