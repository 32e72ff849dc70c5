package hub.monitoring.alert;

import hub.db.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  /** SQLSTATE of a row that exists already. */
  private static final String DUPLICATE = "23505";

  private final Database database;

  public AlertStore(Database database) {
    this.database = database;
  }

  AlertState read(String name) throws SQLException {
    return database.read(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(SELECT + " WHERE name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
              return row.next() ? state(row) : AlertState.initial(name);
            }
          }
        });
  }

  /** The alerts that fire, by name. */
  List<AlertState> firing() throws SQLException {
    return database.read(
        connection -> {
          List<AlertState> found = new ArrayList<>();
          try (PreparedStatement select =
                  connection.prepareStatement(SELECT + " WHERE firing = TRUE ORDER BY name");
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              found.add(state(row));
            }
          }
          return found;
        });
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
      if (DUPLICATE.equals(e.getSQLState())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static boolean write(Connection connection, long known, AlertState state)
      throws SQLException {
    try (PreparedStatement write = connection.prepareStatement(known == 0 ? INSERT : UPDATE)) {
      write.setLong(1, state.version());
      write.setBoolean(2, state.firing());
      write.setObject(3, time(state.startsAt()));
      write.setObject(4, time(state.pendingSince()));
      write.setDouble(5, state.measurement().value());
      write.setString(6, state.measurement().detail());
      write.setInt(7, state.sentCount());
      write.setObject(8, time(state.lastSentAt()));
      write.setString(9, state.due().map(AlertState.Message::text).orElse(""));
      write.setObject(10, time(state.claimedAt()));
      write.setObject(11, time(state.silencedUntil()));
      write.setString(12, state.name());
      if (known > 0) {
        write.setLong(13, known);
      }
      return write.executeUpdate() == 1;
    }
  }

  private static OffsetDateTime time(Optional<Instant> time) {
    return time.map(known -> known.atOffset(ZoneOffset.UTC)).orElse(null);
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
