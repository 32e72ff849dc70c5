package hub.monitoring.alert;

import hub.db.Database;
import hub.db.Jdbc;
import hub.db.SqlStates;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The table {@code alert}. A change succeeds only if it was made from the stored version. */
public final class AlertStore {
  private static final String COLUMNS =
      "version, firing, since, turning_since, measured, detail, told, told_at, owed, owed_at,"
          + " silenced_until, name";

  private static final String SELECT = "SELECT " + COLUMNS + " FROM alert";

  private static final String INSERT =
      "INSERT INTO alert (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  /** Locks the row; changes nothing if another node changed it first. */
  private static final String UPDATE =
      """
      UPDATE alert
      SET version = ?, firing = ?, since = ?, turning_since = ?, measured = ?, detail = ?, told = ?,
          told_at = ?, owed = ?, owed_at = ?, silenced_until = ?
      WHERE name = ? AND version = ?
      """;

  private final Database database;

  public AlertStore(Database database) {
    this.database = database;
  }

  AlertState read(String name) throws SQLException {
    return database.read(
        connection ->
            Jdbc.first(connection, SELECT + " WHERE name = ?", AlertStore::state, name)
                .orElseGet(() -> AlertState.initial(name)));
  }

  /** The alerts that fire, by name. */
  List<AlertState> firing() throws SQLException {
    return database.read(
        connection ->
            Jdbc.list(
                connection, SELECT + " WHERE firing = TRUE ORDER BY name", AlertStore::state));
  }

  /**
   * Writes {@code next} in place of the version that it was made from.
   *
   * @return the stored state; empty when another node changed it in the meantime
   */
  Optional<AlertState> replace(AlertState next) throws SQLException {
    AlertState written = next.withVersion(next.version() + 1);
    try {
      return database.inTransaction(connection -> write(connection, next.version(), written))
          ? Optional.of(written)
          : Optional.empty();
    } catch (SQLException e) {
      if (SqlStates.isUniqueViolation(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static boolean write(Connection connection, long known, AlertState state)
      throws SQLException {
    List<Object> values =
        List.of(
            state.version(),
            state.firing(),
            state.startsAt(),
            state.pendingSince(),
            state.measurement().value(),
            state.measurement().detail(),
            state.sentCount(),
            state.lastSentAt(),
            state.due().map(AlertState.Message::text).orElse(""),
            state.claimedAt(),
            state.silencedUntil(),
            state.name());
    return known == 0
        ? Jdbc.update(connection, INSERT, values.toArray()) == 1
        : Jdbc.update(
                connection, UPDATE, Stream.concat(values.stream(), Stream.of(known)).toArray())
            == 1;
  }

  private static AlertState state(ResultSet row) throws SQLException {
    String due = row.getString(9);
    return new AlertState(
        row.getString(12),
        row.getLong(1),
        row.getBoolean(2),
        time(row, 3),
        time(row, 4),
        new Measurement(row.getDouble(5), row.getString(6)),
        row.getInt(7),
        time(row, 8),
        due.isEmpty() ? Optional.empty() : Optional.of(AlertState.Message.of(due)),
        time(row, 10),
        time(row, 11));
  }

  private static Optional<Instant> time(ResultSet row, int column) throws SQLException {
    return Optional.ofNullable(row.getTimestamp(column)).map(Timestamp::toInstant);
  }
}
