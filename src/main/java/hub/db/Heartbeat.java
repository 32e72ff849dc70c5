package hub.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a row now and then, because a store that can be read and takes no write is away, too: its
 * disk is full, or it is a standby. Thread-safe.
 */
final class Heartbeat {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  /** A database that is silent, not gone, says nothing until a socket's time-out. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  private static final int ANSWER_SECONDS = 5;

  /** A node that wrote nothing for a day is gone. */
  private static final Duration GONE = Duration.ofDays(1);

  private static final String FORGET = "DELETE FROM store_heartbeat WHERE beat_at < ?";
  private static final String BEAT = "UPDATE store_heartbeat SET beat_at = ? WHERE node = ?";
  private static final String FIRST_BEAT =
      "INSERT INTO store_heartbeat (beat_at, node) VALUES (?, ?)";

  private final UUID node = UUID.randomUUID();
  private volatile String trouble = "";
  private volatile long takenAt = System.nanoTime();

  /** One write. */
  void beat(Connection connection) throws SQLException {
    if (write(connection, BEAT) == 0) {
      forget(connection);
      write(connection, FIRST_BEAT);
    }
  }

  private int write(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setQueryTimeout(ANSWER_SECONDS);
      statement.setObject(1, Instant.now().atOffset(ZoneOffset.UTC));
      statement.setObject(2, node);
      return statement.executeUpdate();
    }
  }

  private static void forget(Connection connection) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(FORGET)) {
      delete.setObject(1, Instant.now().minus(GONE).atOffset(ZoneOffset.UTC));
      delete.executeUpdate();
    }
  }

  /** The store has just taken a write. */
  void good() {
    takenAt = System.nanoTime();
    if (!trouble.isEmpty()) {
      LOG.info("store=writable");
    }
    trouble = "";
  }

  /** Whether the store takes no write of anybody, and not only what was asked of it was wrong. */
  static boolean isAway(SQLException error) {
    String state = String.valueOf(error.getSQLState());
    return isUnreachable(error) || state.equals("25006") || state.startsWith("53");
  }

  /** Class 08 is the connection's; 57P is PostgreSQL starting up or shutting down. */
  static boolean isUnreachable(SQLException error) {
    String state = String.valueOf(error.getSQLState());
    return state.startsWith("08") || state.startsWith("57P");
  }

  /** The store has just refused a write. */
  void bad(Exception error) {
    LOG.debug("the store takes no write", error);
    String state = error instanceof SQLException sql ? String.valueOf(sql.getSQLState()) : "";
    bad(
        error instanceof SQLException sql && isUnreachable(sql)
            ? "the event store cannot be reached"
            : "the event store takes no write"
                + (state.isEmpty() || state.equals("null") ? "" : " (SQLSTATE " + state + ")"));
  }

  /**
   * @param why without secrets or addresses
   */
  void bad(String why) {
    if (!why.equals(trouble)) {
      LOG.warn("store=unwritable, no event is taken and this node is not ready: {}", why);
    }
    trouble = why;
  }

  /** Why no event can be taken; empty when one can. */
  Optional<String> trouble() {
    if (!trouble.isEmpty()) {
      return Optional.of(trouble);
    }
    Duration since = Duration.ofNanos(System.nanoTime() - takenAt);
    return since.compareTo(SILENCE) > 0
        ? Optional.of("the event store has taken no write for %d s".formatted(since.toSeconds()))
        : Optional.empty();
  }
}
