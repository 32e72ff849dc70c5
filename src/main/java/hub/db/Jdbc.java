package hub.db;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Runs one statement of JDBC: prepares it, binds its parameters, reads its rows.
 *
 * <p>A parameter may be anything that the driver takes, an {@link Instant}, which is bound as a
 * time in UTC, or an {@link Optional}, which is bound as its value or NULL.
 */
public final class Jdbc {
  /** Reads the row that the result set stands at. */
  @FunctionalInterface
  public interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private Jdbc() {}

  /** Binds all parameters, from the first on. */
  public static void bind(PreparedStatement statement, Object... parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, value(parameters[i]));
    }
  }

  private static Object value(Object parameter) {
    if (parameter instanceof Optional<?> optional) {
      return optional.map(Jdbc::value).orElse(null);
    }
    return parameter instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : parameter;
  }

  /** {@return how many rows changed} */
  public static int update(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return update(statement, parameters);
    }
  }

  /** The same with a statement that is used again. */
  public static int update(PreparedStatement statement, Object... parameters) throws SQLException {
    bind(statement, parameters);
    return statement.executeUpdate();
  }

  /** All rows, in their order. */
  public static <T> List<T> list(
      Connection connection, String sql, RowReader<T> reader, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return list(statement, reader, parameters);
    }
  }

  /** The same with a statement that is used again. */
  public static <T> List<T> list(
      PreparedStatement statement, RowReader<T> reader, Object... parameters) throws SQLException {
    bind(statement, parameters);
    List<T> all = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        all.add(reader.read(row));
      }
    }
    return all;
  }

  /** The first row; empty when there is none, or when {@code reader} reads null. */
  public static <T> Optional<T> first(
      Connection connection, String sql, RowReader<T> reader, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return first(statement, reader, parameters);
    }
  }

  /** The same with a statement that is used again. */
  public static <T> Optional<T> first(
      PreparedStatement statement, RowReader<T> reader, Object... parameters) throws SQLException {
    bind(statement, parameters);
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? Optional.ofNullable(reader.read(row)) : Optional.empty();
    }
  }

  /** Reads the first column as a UUID. */
  public static UUID id(ResultSet row) throws SQLException {
    return row.getObject(1, UUID.class);
  }

  /** Binds as one parameter of the type {@code uuid[]}. */
  public static Array ids(Connection connection, Collection<UUID> ids) throws SQLException {
    return connection.createArrayOf("uuid", ids.toArray());
  }
}
