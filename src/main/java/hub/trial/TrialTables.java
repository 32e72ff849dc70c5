package hub.trial;

import hub.db.Database;
import hub.db.Jdbc;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tables of a hub under test: empties them, and reads what the routes wrote. */
final class TrialTables {
  /** What the running hub needs. */
  private static final Set<String> KEPT = Set.of("hub_schema", "store_heartbeat", "inbox_handler");

  private static final String COLUMNS =
      """
      SELECT column_name FROM information_schema.columns
      WHERE table_schema = CURRENT_SCHEMA AND table_name = ? AND is_generated = 'NEVER'
      ORDER BY ordinal_position
      """;

  private static final String TABLES =
      """
      SELECT table_name FROM information_schema.tables
      WHERE table_schema = CURRENT_SCHEMA AND table_type = 'BASE TABLE'
      ORDER BY table_name
      """;

  private static final Pattern CREATED =
      Pattern.compile("(?i)CREATE\\s+TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?\"?(\\w+)");

  /** The id of the event, and others that are made anew in each run. */
  private static final Pattern UUIDS =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  private final Database database;
  private final List<String> emptied;

  /** Those of the routes: not of the hub's own migrations, and Stripe's copy. */
  private final List<String> ofRoutes;

  /** What migrations put into tables. */
  private final Map<String, List<Object[]>> seeds = new LinkedHashMap<>();

  TrialTables(Database database) throws SQLException {
    this.database = database;
    List<String> all = list(TABLES);
    Set<String> engine = engine();
    emptied =
        all.stream()
            .filter(table -> !KEPT.contains(lower(table)))
            .filter(table -> !lower(table).endsWith("schema_history"))
            .toList();
    ofRoutes = emptied.stream().filter(table -> !engine.contains(lower(table))).toList();
    for (String table : emptied) {
      List<Object[]> rows = rows("SELECT * FROM " + quoted(table));
      if (!rows.isEmpty() && ofRoutes.contains(table)) {
        seeds.put(table, rows("SELECT " + columns(table) + " FROM " + quoted(table)));
      }
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static String quoted(String name) {
    return "\"" + name + "\"";
  }

  private String columns(String table) throws SQLException {
    return database.inTransaction(
        connection ->
            Jdbc.list(connection, COLUMNS, row -> quoted(row.getString(1)), table).stream()
                .collect(Collectors.joining(", ")));
  }

  /** The tables that the hub's migrations make, other than those of one integration. */
  private Set<String> engine() throws SQLException {
    Set<String> made = new TreeSet<>();
    List<String> scripts =
        list("SELECT \"script\" FROM \"flyway_schema_history\" WHERE \"script\" LIKE '%.sql'");
    for (String script : scripts) {
      if (script.contains("subscription")) {
        continue;
      }
      try (InputStream in = TrialTables.class.getResourceAsStream("/db/migration/h2/" + script)) {
        if (in != null) {
          Matcher table = CREATED.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
          while (table.find()) {
            made.add(lower(table.group(1)));
          }
        }
      } catch (IOException e) {
        throw new SQLException("the migration " + script + " cannot be read", e);
      }
    }
    return made;
  }

  /** Leaves what the migrations left. */
  void empty() throws SQLException {
    database.inTransaction(
        connection -> {
          List<String> left = new ArrayList<>(emptied);
          // A table that others refer to goes after them.
          for (int pass = 0; !left.isEmpty() && pass <= emptied.size(); pass++) {
            left.removeIf(table -> isDeleted(connection, table));
          }
          for (Map.Entry<String, List<Object[]>> seed : seeds.entrySet()) {
            restore(connection, seed.getKey(), seed.getValue());
          }
          return null;
        });
  }

  private static boolean isDeleted(Connection connection, String table) {
    try {
      Savepoint before = connection.setSavepoint();
      try {
        Jdbc.update(connection, "DELETE FROM " + quoted(table));
        return true;
      } catch (SQLException e) {
        connection.rollback(before);
        return false;
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the table " + table + " cannot be emptied", e);
    }
  }

  private static void restore(Connection connection, String table, List<Object[]> rows)
      throws SQLException {
    List<String> names = Jdbc.list(connection, COLUMNS, row -> quoted(row.getString(1)), table);
    String sql =
        "INSERT INTO "
            + quoted(table)
            + " ("
            + String.join(", ", names)
            + ") OVERRIDING SYSTEM VALUE VALUES ("
            + String.join(", ", Collections.nCopies(names.size(), "?"))
            + ")";
    for (Object[] row : rows) {
      Jdbc.update(connection, sql, row);
    }
  }

  /**
   * The rows of the routes' tables, without times and generated ids, which differ from run to run.
   *
   * @param replaced texts that differ, none of them empty, with what stands for them
   */
  Map<String, List<String>> contents(Map<String, String> replaced) throws SQLException {
    Map<String, List<String>> contents = new TreeMap<>();
    for (String table : ofRoutes) {
      contents.put(
          lower(table),
          database.inTransaction(
              connection ->
                  Jdbc.list(
                          connection,
                          "SELECT * FROM " + quoted(table),
                          row -> comparable(row, replaced))
                      .stream()
                      .sorted()
                      .toList()));
    }
    return contents;
  }

  private static String comparable(ResultSet row, Map<String, String> replaced)
      throws SQLException {
    ResultSetMetaData columns = row.getMetaData();
    List<String> values = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String type = columns.getColumnTypeName(i).toUpperCase(Locale.ROOT);
      if (type.contains("TIME") || type.equals("DATE") || columns.isAutoIncrement(i)) {
        continue;
      }
      String value = String.valueOf(row.getString(i));
      for (Map.Entry<String, String> text : replaced.entrySet()) {
        value = value.replace(text.getKey(), text.getValue());
      }
      value = UUIDS.matcher(value).replaceAll("{uuid}");
      values.add(lower(columns.getColumnLabel(i)) + "=" + value);
    }
    return String.join(", ", values);
  }

  /** The rows that a statement gives, each by its columns. */
  List<Map<String, Object>> query(String sql) throws SQLException {
    return database.inTransaction(
        connection ->
            Jdbc.list(
                connection,
                sql,
                row -> {
                  Map<String, Object> values = new LinkedHashMap<>();
                  ResultSetMetaData columns = row.getMetaData();
                  for (int i = 1; i <= columns.getColumnCount(); i++) {
                    values.put(lower(columns.getColumnLabel(i)), plain(row, i));
                  }
                  return values;
                }));
  }

  void update(String sql) throws SQLException {
    database.inTransaction(connection -> Jdbc.update(connection, sql));
  }

  private static Object plain(ResultSet row, int column) throws SQLException {
    Object value = row.getObject(column);
    return value == null || value instanceof Number || value instanceof Boolean
        ? value
        : row.getString(column);
  }

  private List<String> list(String sql) throws SQLException {
    return database.inTransaction(
        connection -> Jdbc.list(connection, sql, row -> row.getString(1)));
  }

  private List<Object[]> rows(String sql) throws SQLException {
    return database.inTransaction(
        connection ->
            Jdbc.list(
                connection,
                sql,
                row -> {
                  Object[] values = new Object[row.getMetaData().getColumnCount()];
                  for (int i = 0; i < values.length; i++) {
                    values[i] = row.getObject(i + 1);
                  }
                  return values;
                }));
  }
}
