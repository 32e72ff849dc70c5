package hub.identity.session;

import hub.config.Setting;
import hub.config.Settings;
import hub.db.Database;
import hub.db.Jdbc;
import hub.db.StoreUnavailableException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * The sessions of people who logged in. A session has a random id that only the person's cookie
 * contains; the database stores its hash. It ends at a logout, after {@code
 * hub.login.session-idle-minutes} without a request, and at the latest {@code
 * hub.login.session-days} after it began. In the registry as {@code sessions}. Thread-safe.
 */
public final class Sessions {
  /** Name in the registry. */
  public static final String BEAN = "sessions";

  /** {@code last_seen_at} is updated at most once in this time, not with every request. */
  private static final Duration UPDATE_INTERVAL = Duration.ofMinutes(1);

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

  /** Of several concurrent requests one updates the row; an ended session stays ended. */
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
   * @return its id for the {@link SessionCookie}, which cannot be read again
   * @throws StoreUnavailableException when the database does not answer
   */
  public String open(Person person) {
    return begin(person, Optional.empty());
  }

  /**
   * Begins a session in place of an earlier one, at a login. A new id prevents session fixation.
   *
   * @param oldCookie the previous cookie, any text; its session ends
   * @return the new id
   * @throws StoreUnavailableException when the database does not answer; then the old session
   *     continues
   */
  public String replace(String oldCookie, Person person) {
    return begin(person, Optional.of(oldCookie));
  }

  private String begin(Person person, Optional<String> oldCookie) {
    String id = RandomSecret.next();
    Instant now = now();
    return on(
        connection -> {
          if (oldCookie.isPresent()) {
            Jdbc.update(connection, END, RandomSecret.hash(oldCookie.get()));
          }
          Jdbc.update(
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
   * The person of a session, whose idle time starts again.
   *
   * @param cookieValue the cookie, any text
   * @return empty when the session is unknown or has ended
   * @throws StoreUnavailableException when the database does not answer
   */
  public Optional<Person> find(String cookieValue) {
    if (!RandomSecret.isWellFormed(cookieValue)) {
      return Optional.empty();
    }
    String hash = RandomSecret.hash(cookieValue);
    Instant now = now();
    return on(
        connection -> {
          Optional<Found> found =
              Jdbc.first(connection, FIND, Sessions::read, hash, now, now.minus(idle));
          Instant due = now.minus(UPDATE_INTERVAL);
          if (found.filter(session -> session.lastSeenAt().isBefore(due)).isPresent()) {
            Jdbc.update(connection, SEEN, now, hash, due);
          }
          return found.map(Found::person);
        });
  }

  private record Found(Person person, Instant lastSeenAt) {}

  private static Found read(ResultSet row) throws SQLException {
    return new Found(
        new Person(row.getString(1), row.getString(2), row.getString(3), row.getString(4)),
        row.getObject(5, OffsetDateTime.class).toInstant());
  }

  /**
   * Ends a session; does nothing for an unknown one.
   *
   * @throws StoreUnavailableException when the database does not answer; then the session continues
   */
  public void end(String cookieValue) {
    if (RandomSecret.isWellFormed(cookieValue)) {
      on(connection -> Jdbc.update(connection, END, RandomSecret.hash(cookieValue)));
    }
  }

  /** Whether the person has a session. */
  public boolean hasAny(Person person) {
    Instant now = now();
    return on(
        connection ->
            Jdbc.first(
                    connection,
                    OTHERS,
                    row -> true,
                    person.provider(),
                    person.subject(),
                    now,
                    now.minus(idle))
                .isPresent());
  }

  /** Deletes expired sessions and returns their number. */
  public int expire() {
    Instant now = now();
    return on(connection -> Jdbc.update(connection, EXPIRE, now, now.minus(idle)));
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }

  private <T> T on(Database.Work<T> work) {
    try {
      return database.inTransaction(work);
    } catch (SQLException e) {
      throw new StoreUnavailableException("the sessions cannot be reached", e);
    }
  }
}
