package hub.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a row now and then. A store that can be read but takes no write is unavailable, too: its
 * disk is full, or it is a standby. Thread-safe.
 */
final class Heartbeat {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  /** A database that stalls reports no error before the socket times out. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  private static final int ANSWER_SECONDS = 5;

  /** The row of a node that wrote nothing for a day is deleted. */
  private static final Duration FORGET_AFTER = Duration.ofDays(1);

  private static final String FORGET = "DELETE FROM store_heartbeat WHERE beat_at < ?";
  private static final String BEAT = "UPDATE store_heartbeat SET beat_at = ? WHERE node = ?";
  private static final String FIRST_BEAT =
      "INSERT INTO store_heartbeat (beat_at, node) VALUES (?, ?)";

  private final UUID node = UUID.randomUUID();
  private final Clock clock;
  private volatile String trouble = "";
  private volatile long takenAt = System.nanoTime();

  Heartbeat(Clock clock) {
    this.clock = clock;
  }

  /** Makes one write. */
  void beat(Connection connection) throws SQLException {
    if (write(connection, BEAT) == 0) {
      Jdbc.update(connection, FORGET, clock.instant().minus(FORGET_AFTER));
      write(connection, FIRST_BEAT);
    }
  }

  private int write(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setQueryTimeout(ANSWER_SECONDS);
      return Jdbc.update(statement, clock.instant(), node);
    }
  }

  /** The store has just taken a write. */
  void recordSuccess() {
    takenAt = System.nanoTime();
    if (!trouble.isEmpty()) {
      LOG.info("store=writable");
    }
    trouble = "";
  }

  /** The store has just refused a write. */
  void recordFailure(Exception error) {
    LOG.debug("the store takes no write", error);
    String state = error instanceof SQLException sql ? SqlStates.of(sql) : "";
    recordFailure(
        error instanceof SQLException sql && SqlStates.isUnreachable(sql)
            ? "the event store cannot be reached"
            : "the event store takes no write"
                + (state.isEmpty() ? "" : " (SQLSTATE " + state + ")"));
  }

  /**
   * @param reason without secrets or addresses
   */
  void recordFailure(String reason) {
    if (!reason.equals(trouble)) {
      LOG.warn("store=unwritable, no event is taken and this node is not ready: {}", reason);
    }
    trouble = reason;
  }

  /** Why the store takes no event; empty when it takes them. */
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
