package hub.identity.session;

import hub.config.Setting;
import hub.config.Settings;
import hub.db.Database;
import hub.db.StoreUnavailableException;
import java.sql.Connection;
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
 * Who is logged in. A session is known by a random id that only the person's cookie has; the store
 * keeps its hash. It ends when it is ended, when nothing was asked with it for {@code
 * hub.login.session-idle-minutes}, and in any case {@code hub.login.session-days} after it began.
 * In the registry as {@code sessions}. Thread-safe.
 */
public final class Sessions {
  /** Name in the registry. */
  public static final String BEAN = "sessions";

  /** A session in use is written to once in this time, not with every request. */
  private static final Duration TOUCH = Duration.ofMinutes(1);

  private static final String OPEN =
      """
      INSERT INTO login_session (id_hash, provider, subject, name, email, created_at, last_seen_at, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String FIND =
      """
      SELECT provider, subject, name, email, last_seen_at FROM login_session
      WHERE id_hash = ? AND expires_at > ? AND last_seen_at > ?
      """;

  /** Of several requests at once one writes; an ended session stays ended. */
  private static final String SEEN =
      "UPDATE login_session SET last_seen_at = ? WHERE id_hash = ? AND last_seen_at < ?";

  private static final String END = "DELETE FROM login_session WHERE id_hash = ?";

  private static final String OTHERS =
      """
      SELECT 1 FROM login_session
      WHERE provider = ? AND subject = ? AND expires_at > ? AND last_seen_at > ?
      """;

  private static final String EXPIRE =
      "DELETE FROM login_session WHERE expires_at <= ? OR last_seen_at <= ?";

  private final Database database;
  private final Duration idle;
  private final Duration longest;
  private final Clock clock;

  public Sessions(Database database, Settings settings, Clock clock) {
    this.database = database;
    this.idle = Duration.ofMinutes(settings.count(Setting.LOGIN_SESSION_IDLE_MINUTES));
    this.longest = Duration.ofDays(settings.count(Setting.LOGIN_SESSION_DAYS));
    this.clock = clock;
  }

  /**
   * Begins a session.
   *
   * @return its id, for the {@link SessionCookie}; nobody can read it again
   * @throws StoreUnavailableException when the store does not answer
   */
  public String open(Person person) {
    return begin(person, Optional.empty());
  }

  /**
   * Begins a session in place of another one, at a login: who knew the old id, or planted it, has
   * nothing of the new one.
   *
   * @param oldCookie what the cookie was until now, any text; that session ends
   * @return the new id
   * @throws StoreUnavailableException when the store does not answer; then the old session goes on
   */
  public String replace(String oldCookie, Person person) {
    return begin(person, Optional.of(oldCookie));
  }

  private String begin(Person person, Optional<String> oldCookie) {
    String id = RandomSecret.next();
    OffsetDateTime now = now();
    return on(
        connection -> {
          if (oldCookie.isPresent()) {
            update(connection, END, RandomSecret.hash(oldCookie.get()));
          }
          update(
              connection,
              OPEN,
              RandomSecret.hash(id),
              person.provider(),
              person.subject(),
              person.name(),
              person.email(),
              now,
              now,
              now.plus(longest));
          return id;
        });
  }

  /**
   * The person whose session this is, and keeps it from idling out.
   *
   * @param cookieValue whatever came as the cookie
   * @return empty when there is no such session, or no more
   * @throws StoreUnavailableException when the store does not answer
   */
  public Optional<Person> find(String cookieValue) {
    if (!RandomSecret.isOne(cookieValue)) {
      return Optional.empty();
    }
    String hash = RandomSecret.hash(cookieValue);
    OffsetDateTime now = now();
    return on(
        connection -> {
          try (PreparedStatement select = prepare(connection, FIND, hash, now, now.minus(idle))) {
            try (ResultSet row = select.executeQuery()) {
              if (!row.next()) {
                return Optional.empty();
              }
              Person person =
                  new Person(
                      row.getString(1), row.getString(2), row.getString(3), row.getString(4));
              OffsetDateTime due = now.minus(TOUCH);
              if (row.getObject(5, OffsetDateTime.class).isBefore(due)) {
                update(connection, SEEN, now, hash, due);
              }
              return Optional.of(person);
            }
          }
        });
  }

  /**
   * Ends a session; one that is not there is no fault.
   *
   * @throws StoreUnavailableException when the store does not answer; then it goes on
   */
  public void end(String cookieValue) {
    if (RandomSecret.isOne(cookieValue)) {
      on(connection -> update(connection, END, RandomSecret.hash(cookieValue)));
    }
  }

  /** Whether the person is logged in anywhere. */
  public boolean hasAny(Person person) {
    OffsetDateTime now = now();
    return on(
        connection -> {
          try (PreparedStatement select =
                  prepare(
                      connection,
                      OTHERS,
                      person.provider(),
                      person.subject(),
                      now,
                      now.minus(idle));
              ResultSet row = select.executeQuery()) {
            return row.next();
          }
        });
  }

  /** Deletes what has run out; answers how many those were. */
  public int expire() {
    OffsetDateTime now = now();
    return on(connection -> update(connection, EXPIRE, now, now.minus(idle)));
  }

  private OffsetDateTime now() {
    return Instant.ofEpochMilli(clock.millis()).atOffset(ZoneOffset.UTC);
  }

  private <T> T on(Database.Work<T> work) {
    try {
      return database.inTransaction(work);
    } catch (SQLException e) {
      throw new StoreUnavailableException("the sessions cannot be reached", e);
    }
  }

  private static int update(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, values)) {
      return statement.executeUpdate();
    }
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }
}
