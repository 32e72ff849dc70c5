package hub.db;

import hub.config.Setting;
import hub.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.PGProperty;

/**
 * The commands that back up and restore a PostgreSQL database, for a POSIX shell. They hold no
 * password.
 */
public final class PostgresTools {
  private final List<String> connection = new ArrayList<>();
  private final String variables;
  private final String schema;

  private PostgresTools(Properties url, Settings settings) {
    add("host", PGProperty.PG_HOST.getOrDefault(url));
    add("port", PGProperty.PG_PORT.getOrDefault(url));
    String user = settings.text(Setting.DATABASE_USER);
    add("username", user.isEmpty() ? PGProperty.USER.getOrDefault(url) : user);
    add("dbname", PGProperty.PG_DBNAME.getOrDefault(url));
    String mode = PGProperty.SSL_MODE.getOrDefault(url);
    variables = mode == null ? "" : "PGSSLMODE=" + quoted(mode) + " ";
    schema = settings.text(Setting.DATABASE_SCHEMA);
  }

  /** Of the database that the settings name; empty when that is not PostgreSQL. */
  public static Optional<PostgresTools> of(Settings settings) {
    String url = settings.text(Setting.DATABASE_URL);
    return url.startsWith("jdbc:postgresql:")
        ? Optional.ofNullable(org.postgresql.Driver.parseURL(url, new Properties()))
            .map(parsed -> new PostgresTools(parsed, settings))
        : Optional.empty();
  }

  private void add(String option, String value) {
    if (value != null && !value.isEmpty()) {
      connection.add("--" + option + "=" + quoted(value));
    }
  }

  /** Writes {@code file}, while hubs run. */
  public String backup(String file) {
    return variables
        + "pg_dump "
        + String.join(" ", connection)
        + " --schema="
        + quoted(schema)
        + " --format=custom --file="
        + quoted(file);
  }

  /** Puts {@code file} into the database, which has no such schema yet. */
  public String restore(String file) {
    return variables
        + "pg_restore "
        + String.join(" ", connection)
        + " --no-owner --exit-on-error --single-transaction "
        + quoted(file);
  }

  private static String quoted(String text) {
    return text.matches("[A-Za-z0-9_./:,@%+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
