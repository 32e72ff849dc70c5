package hub.db;

import hub.config.Setting;
import hub.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import org.flywaydb.core.api.FlywayException;

/**
 * How the event store stands, found out without changing it.
 *
 * @param detail one clause, without password or address
 */
public record StoreProbe(State state, String detail) {
  private static final int LOGIN_SECONDS = 5;

  /** H2's code for a database that another process has open. */
  private static final int H2_IN_USE = 90020;

  /** Where the store stands. */
  public enum State {
    /** It answers and its schema is up to date. */
    READY,
    /** It answers; the next start brings its schema up to date. */
    BEHIND,
    /** An embedded database that the first start will make. */
    NOT_MADE_YET,
    /** An embedded database that another process, a running hub as a rule, has open. */
    IN_USE,
    /** Nobody answers, or not with a yes. */
    FAILED
  }

  /** Looks at the store that the settings name. */
  public static StoreProbe of(Settings settings) {
    String url = settings.text(Setting.DATABASE_URL);
    Path file = settings.path(Setting.DATA_DIR).toAbsolutePath().resolve("hub");
    if (url.isEmpty()) {
      try {
        new DataFolder(settings.path(Setting.DATA_DIR)).refuseIfLost();
      } catch (StoreRefusedException e) {
        return new StoreProbe(State.FAILED, e.getMessage());
      }
      if (!Files.exists(Path.of(file + ".mv.db"))) {
        return new StoreProbe(State.NOT_MADE_YET, "embedded H2, made at the first start");
      }
      url = "jdbc:h2:file:" + file + ";IFEXISTS=TRUE;ACCESS_MODE_DATA=r";
    }
    try {
      return probe(url, settings);
    } catch (IllegalArgumentException e) {
      return new StoreProbe(State.FAILED, e.getMessage());
    } catch (SQLException e) {
      return e.getErrorCode() == H2_IN_USE
          ? new StoreProbe(State.IN_USE, "embedded H2, open in another process")
          : new StoreProbe(State.FAILED, "does not answer: " + firstLine(e));
    } catch (FlywayException e) {
      return new StoreProbe(State.FAILED, "its schema cannot be read: " + firstLine(e));
    }
  }

  /** Why a PostgreSQL server would let nobody in; unlike one that is away, it will not later. */
  public enum Refusal {
    /** There is a server, but not the database. */
    NO_DATABASE,
    /** User or password are wrong. */
    NOT_LET_IN
  }

  /** The answer of a PostgreSQL server that says no; empty when it says yes, or nothing. */
  public static Optional<Refusal> refusal(Settings settings) {
    String url = settings.text(Setting.DATABASE_URL);
    if (!url.startsWith("jdbc:postgresql:")) {
      return Optional.empty();
    }
    Properties properties = new Properties();
    properties.setProperty("user", settings.text(Setting.DATABASE_USER));
    properties.setProperty("password", settings.text(Setting.DATABASE_PASSWORD));
    properties.setProperty("loginTimeout", Integer.toString(LOGIN_SECONDS));
    try {
      Connection connection = new org.postgresql.Driver().connect(url, properties);
      if (connection != null) {
        connection.close();
      }
      return Optional.empty();
    } catch (SQLException e) {
      String state = e.getSQLState() == null ? "" : e.getSQLState();
      if (state.equals("3D000")) {
        return Optional.of(Refusal.NO_DATABASE);
      }
      return state.startsWith("28") ? Optional.of(Refusal.NOT_LET_IN) : Optional.empty();
    }
  }

  private static StoreProbe probe(String url, Settings settings) throws SQLException {
    Dialect dialect = Dialect.of(url);
    String name = dialect == Dialect.H2 ? "H2" : "PostgreSQL";
    Optional<PostgresSession> session =
        dialect == Dialect.POSTGRESQL
            ? Optional.of(new PostgresSession(settings))
            : Optional.empty();
    Connections source =
        new Connections(
            dialect.driver(),
            url,
            StoreConfig.properties(dialect, settings),
            fresh -> {
              if (session.isPresent()) {
                session.get().prepare(fresh);
              }
            });
    // Asked first: Flyway would say only that it cannot connect.
    try (Connection connection = source.getConnection()) {
      Migrations.refuseIfNewer(connection);
    } catch (StoreRefusedException e) {
      return new StoreProbe(State.FAILED, e.getMessage());
    }
    int pending = new Migrations(dialect, source, session).pending();
    return pending == 0
        ? new StoreProbe(State.READY, name + ", schema up to date")
        : new StoreProbe(
            State.BEHIND, name + ", " + pending + " migrations to run at the next start");
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
