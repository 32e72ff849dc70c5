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
 * The state of the event store, found out without changing it.
 *
 * @param detail one clause, without password or address
 */
public record StoreProbe(State state, String detail) {
  private static final int LOGIN_SECONDS = 5;

  /** H2's error code for a database that another process has open. */
  private static final int H2_IN_USE = 90020;

  /** What state the store is in. */
  public enum State {
    /** It can be reached and its schema is up to date. */
    READY,
    /** It can be reached; the next start brings its schema up to date. */
    BEHIND,
    /** An embedded database that the first start will create. */
    NOT_MADE_YET,
    /** An embedded database that another process has open, usually a running hub. */
    IN_USE,
    /** It cannot be reached or cannot be used. */
    FAILED
  }

  /** Reads from the store on a connection that changes nothing. */
  @FunctionalInterface
  public interface Reader<T> {
    T read(Connection connection, Dialect dialect) throws SQLException;
  }

  /**
   * Reads from the store that the settings name.
   *
   * @return empty when it is not {@link State#READY}
   * @throws SQLException when it stops answering
   */
  public static <T> Optional<T> read(Settings settings, Reader<T> reader) throws SQLException {
    if (of(settings).state() != State.READY) {
      return Optional.empty();
    }
    String url = url(settings);
    Dialect dialect = Dialect.of(url);
    try (Connection connection =
        source(url, settings, session(dialect, settings)).getConnection()) {
      return Optional.of(reader.read(connection, dialect));
    }
  }

  /** Checks the store that the settings name. */
  public static StoreProbe of(Settings settings) {
    if (settings.text(Setting.DATABASE_URL).isEmpty()) {
      try {
        new DataFolder(settings.path(Setting.DATA_DIR)).refuseIfLost();
      } catch (StoreRefusedException e) {
        return new StoreProbe(State.FAILED, e.getMessage());
      }
      if (!Files.exists(Path.of(file(settings) + ".mv.db"))) {
        return new StoreProbe(State.NOT_MADE_YET, "embedded H2, made at the first start");
      }
    }
    try {
      return probe(url(settings), settings);
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

  /** Why a PostgreSQL server refuses the connection. A retry does not help. */
  public enum Refusal {
    /** The server has no database of this name. */
    NO_DATABASE,
    /** User or password is wrong. */
    NOT_LET_IN
  }

  /** Why the PostgreSQL server refuses; empty when it accepts, or cannot be reached. */
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
      if (SqlStates.isUnknownDatabase(e)) {
        return Optional.of(Refusal.NO_DATABASE);
      }
      return SqlStates.isLoginRefused(e) ? Optional.of(Refusal.NOT_LET_IN) : Optional.empty();
    }
  }

  private static Path file(Settings settings) {
    return settings.path(Setting.DATA_DIR).toAbsolutePath().resolve("hub");
  }

  private static String url(Settings settings) {
    String url = settings.text(Setting.DATABASE_URL);
    return url.isEmpty()
        ? "jdbc:h2:file:" + file(settings) + ";IFEXISTS=TRUE;ACCESS_MODE_DATA=r"
        : url;
  }

  private static Optional<PostgresSession> session(Dialect dialect, Settings settings) {
    return dialect == Dialect.POSTGRESQL
        ? Optional.of(new PostgresSession(settings))
        : Optional.empty();
  }

  private static Connections source(
      String url, Settings settings, Optional<PostgresSession> session) {
    Dialect dialect = Dialect.of(url);
    return new Connections(
        dialect.driver(),
        url,
        StoreConfig.properties(dialect, settings),
        fresh -> {
          if (session.isPresent()) {
            session.get().prepare(fresh);
          }
        });
  }

  private static StoreProbe probe(String url, Settings settings) throws SQLException {
    Dialect dialect = Dialect.of(url);
    String name = dialect == Dialect.H2 ? "H2" : "PostgreSQL";
    Optional<PostgresSession> session = session(dialect, settings);
    Connections source = source(url, settings, session);
    // Before Flyway, which would only say that it cannot connect.
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
