package hub.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The tables that people may read by statements of their own: the inbox, and what the migrations of
 * the routes' folders make. The hub's other tables hold tokens, sessions and keys.
 */
final class ReadableTables {
  /** The headers in it are stored masked. */
  private static final Set<String> INBOX =
      Set.of("inbox_event", "inbox_delivery", "inbox_lane", "inbox_handler", "inbox_arrival");

  /** Made by the hub's migrations for a route that is shipped. */
  private static final String SUBSCRIPTION = "subscription";

  /** All other tables of the hub: no migration of a folder opens them by naming them. */
  static final Set<String> CLOSED =
      Set.of(
          "alert",
          "call_figure",
          "catch_up",
          "catch_up_run",
          "figure",
          "hub_schema",
          "idempotency_key",
          "inbox_replay_key",
          "inbox_tally",
          "login_attempt",
          "login_session",
          "poll_cursor",
          "poll_seen",
          "replay_job",
          "store_heartbeat",
          "suspended_route",
          "token");

  private static final Pattern MADE =
      Pattern.compile(
          "(?i)\\b(?:create\\s+(?:or\\s+replace\\s+)?(?:cached\\s+|memory\\s+|unlogged\\s+|materialized\\s+)?(?:table|view)\\s+(?:if\\s+not\\s+exists\\s+)?"
              + "|rename\\s+to\\s+)\"?(\\w+)\"?");

  private static final String EXISTING =
      "SELECT table_name FROM information_schema.tables WHERE lower(table_schema) = lower(?)";

  private final Dialect dialect;
  private final Optional<Path> routes;

  ReadableTables(Dialect dialect, Optional<Path> routes) {
    this.dialect = dialect;
    this.routes = routes;
  }

  /** Those that are there now, by the names that the database gives them. */
  Set<String> in(Connection connection, String schema) throws SQLException {
    Set<String> wanted = new HashSet<>(INBOX);
    wanted.add(SUBSCRIPTION);
    routes.ifPresent(folder -> wanted.addAll(ofMigrations(folder)));
    wanted.removeAll(CLOSED);
    return new TreeSet<>(
        Jdbc.list(connection, EXISTING, row -> row.getString(1), schema).stream()
            .filter(name -> wanted.contains(name.toLowerCase(Locale.ROOT)))
            .toList());
  }

  private Set<String> ofMigrations(Path folder) {
    return MigrationFolder.under(folder, dialect).stream()
        .flatMap(one -> one.files().stream())
        .flatMap(file -> made(file.path()).stream())
        .collect(Collectors.toSet());
  }

  private static List<String> made(Path file) {
    try {
      return MADE.matcher(Files.readString(file))
          .results()
          .map(one -> one.group(1).toLowerCase(Locale.ROOT))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
