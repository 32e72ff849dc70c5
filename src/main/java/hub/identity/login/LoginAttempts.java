package hub.identity.login;

import hub.db.Database;
import hub.db.StoreUnavailableException;
import hub.identity.session.RandomSecret;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
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
        connection -> {
          try (PreparedStatement insert = connection.prepareStatement(BEGIN)) {
            insert.setString(1, RandomSecret.hash(state));
            insert.setString(2, provider);
            insert.setString(3, returnTo);
            insert.setObject(4, now().plus(LIFETIME));
            return insert.executeUpdate();
          }
        });
  }

  private void makeRoom() {
    expire();
    on(
        connection -> {
          try (PreparedStatement count = connection.prepareStatement(COUNT);
              ResultSet row = count.executeQuery()) {
            row.next();
            int tooMany = row.getInt(1) - maxRows;
            if (tooMany > 0) {
              try (PreparedStatement drop = connection.prepareStatement(DROP_OLDEST)) {
                drop.setInt(1, tooMany);
                drop.executeUpdate();
              }
              LOG.warn("login=begin outcome=too-many dropped={} most={}", tooMany, maxRows);
            }
            return tooMany;
          }
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
          Optional<String> returnTo = Optional.empty();
          try (PreparedStatement select = connection.prepareStatement(FIND)) {
            select.setString(1, hash);
            select.setString(2, provider);
            select.setObject(3, now());
            try (ResultSet row = select.executeQuery()) {
              if (row.next()) {
                returnTo = Optional.of(row.getString(1));
              }
            }
          }
          if (returnTo.isEmpty()) {
            return returnTo;
          }
          try (PreparedStatement delete = connection.prepareStatement(TAKE)) {
            delete.setString(1, hash);
            return delete.executeUpdate() == 1 ? returnTo : Optional.empty();
          }
        });
  }

  /** Deletes expired logins and returns their number. */
  int expire() {
    return on(
        connection -> {
          try (PreparedStatement delete = connection.prepareStatement(EXPIRE)) {
            delete.setObject(1, now());
            return delete.executeUpdate();
          }
        });
  }

  private OffsetDateTime now() {
    return Instant.ofEpochMilli(clock.millis()).atOffset(ZoneOffset.UTC);
  }

  private <T> T on(Database.Work<T> work) {
    try {
      return database.inTransaction(work);
    } catch (SQLException e) {
      throw new StoreUnavailableException("the logins in progress cannot be reached", e);
    }
  }
}
