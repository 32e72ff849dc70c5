package hub.login;

import hub.store.Database;
import hub.store.StoreUnavailable;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * Logins that have begun and not come back yet, so that a state is good once, for ten minutes. The
 * store has the state's hash alone. Thread-safe.
 */
final class LoginAttempts {
  /** Long enough to find one's password, short enough to be of no use to a finder. */
  static final Duration LASTS = Duration.ofMinutes(10);

  private static final String BEGIN =
      "INSERT INTO login_attempt (state_hash, provider, return_to, expires_at) VALUES (?, ?, ?, ?)";

  private static final String FIND =
      """
      SELECT return_to FROM login_attempt
      WHERE state_hash = ? AND provider = ? AND expires_at > ?
      """;

  /** The row's lock decides between two callbacks: one of them deletes it. */
  private static final String TAKE = "DELETE FROM login_attempt WHERE state_hash = ?";

  private static final String EXPIRE = "DELETE FROM login_attempt WHERE expires_at <= ?";

  private final Database database;
  private final Clock clock;

  LoginAttempts(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  void begin(String state, String provider, String returnTo) {
    on(
        connection -> {
          try (PreparedStatement insert = connection.prepareStatement(BEGIN)) {
            insert.setString(1, Secret.hash(state));
            insert.setString(2, provider);
            insert.setString(3, returnTo);
            insert.setObject(4, now().plus(LASTS));
            return insert.executeUpdate();
          }
        });
  }

  /** Uses a state up, and answers where the person wanted to go; empty when it is not good. */
  Optional<String> take(String state, String provider) {
    String hash = Secret.hash(state);
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

  /** Deletes what has run out; answers how many those were. */
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
      throw new StoreUnavailable("the logins in progress cannot be reached", e);
    }
  }
}
