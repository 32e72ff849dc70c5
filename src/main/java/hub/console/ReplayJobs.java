package hub.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.db.Database;
import hub.db.Jdbc;
import hub.inbox.db.EventFilter;
import hub.inbox.engine.Replays;
import hub.util.DaemonThreads;
import hub.util.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays many events in steps, one transaction each. The progress is in the table {@code
 * replay_job}, so that every node can show and cancel a job. The node that started a job runs it; a
 * job whose node died is not resumed. Thread-safe.
 */
public final class ReplayJobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayJobs.class);

  /** Events per step: few, so that the progress moves and a cancel takes effect at once. */
  private static final int STEP = 50;

  /** Concurrent jobs; further ones wait. */
  private static final int THREADS = 2;

  /**
   * A running job without progress for this long is interrupted; a step takes a fraction of a
   * second.
   */
  private static final Duration STALE_AFTER = Duration.ofMinutes(1);

  private static final Duration KEPT = Duration.ofDays(7);

  private static final String FORGET = "DELETE FROM replay_job WHERE moved_at < ?";

  private static final String BEGIN =
      """
      INSERT INTO replay_job (id, filter, state, total, done, started_by, started_at, moved_at)
      VALUES (?, ?, 'running', ?, 0, ?, ?, ?)
      """;

  /** A cancelled job stays cancelled; its last step is still counted. */
  private static final String MOVE =
      """
      UPDATE replay_job
      SET done = done + ?, state = CASE WHEN state = 'running' THEN ? ELSE state END, moved_at = ?
      WHERE id = ?
      """;

  private static final String SHOW =
      "SELECT state, total, done, moved_at, started_by, started_at FROM replay_job WHERE id = ?";

  private static final String CANCEL =
      "UPDATE replay_job SET state = 'cancelled', moved_at = ? WHERE id = ? AND state = 'running'";

  private final Database database;
  private final Clock clock;
  private final ExecutorService workers;
  private volatile boolean closed;

  public ReplayJobs(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            DaemonThreads.factory("hub-replay"));
    pool.allowCoreThreadTimeOut(true);
    this.workers = pool;
  }

  /**
   * Starts a replay of the events that match the filter and were received before now.
   *
   * @param asked the filter as requested, for the record
   */
  ObjectNode start(EventFilter filter, ObjectNode asked, String operator, Replays replays)
      throws SQLException {
    UUID id = UUID.randomUUID();
    Instant now = clock.instant();
    EventFilter past =
        filter.until().filter(end -> end.isBefore(now)).isPresent()
            ? filter
            : filter.withUntil(now);
    long total = replays.replayAll(past, true, operator);
    database.inTransaction(
        connection -> {
          Jdbc.update(connection, FORGET, now.minus(KEPT));
          return Jdbc.update(connection, BEGIN, id, Json.text(asked), total, operator, now, now);
        });
    LOG.info("replay={} begun operator={} events={} filter={}", id, operator, total, asked);
    workers.execute(() -> run(id, past, operator, replays));
    return show(id).orElseThrow();
  }

  private void run(UUID id, EventFilter filter, String operator, Replays replays) {
    Optional<UUID> behind = Optional.empty();
    try {
      do {
        if (closed || !moved(id, 0, "running")) {
          return;
        }
        Replays.Progress progress = replays.step(filter, behind, STEP, operator);
        behind = progress.last();
        if (!moved(id, progress.replayed(), behind.isPresent() ? "running" : "done")) {
          return;
        }
      } while (behind.isPresent());
      LOG.info("replay={} done", id);
    } catch (SQLException | RuntimeException e) {
      LOG.warn("replay={} failed error={}", id, e.toString());
      try {
        moved(id, 0, "failed");
      } catch (SQLException | RuntimeException gone) {
        // The job is shown as interrupted after a minute.
        LOG.debug("replay={}", id, gone);
      }
    }
  }

  /** Records progress; false when the job was cancelled or deleted. */
  private boolean moved(UUID id, long replayed, String state) throws SQLException {
    return database.inTransaction(
        connection -> {
          Jdbc.update(connection, MOVE, replayed, state, clock.instant(), id);
          return Jdbc.first(connection, SHOW, row -> row.getString(1), id)
              .filter(state::equals)
              .isPresent();
        });
  }

  /** The state of a job as JSON; empty when there is no such job. */
  Optional<ObjectNode> show(UUID id) throws SQLException {
    return database.inTransaction(
        connection -> Jdbc.first(connection, SHOW, row -> json(id, row), id));
  }

  private ObjectNode json(UUID id, ResultSet row) throws SQLException {
    String state = row.getString(1);
    Timestamp moved = row.getTimestamp(4);
    boolean silent =
        state.equals("running") && moved.toInstant().isBefore(clock.instant().minus(STALE_AFTER));
    return Json.object()
        .put("id", id.toString())
        .put("state", silent ? "interrupted" : state)
        .put("total", row.getLong(2))
        .put("done", row.getLong(3))
        .put("startedBy", row.getString(5))
        .put("startedAt", Json.time(row.getTimestamp(6).toInstant()));
  }

  /**
   * Cancels a job after its current step; replayed events stay replayed. Empty when there is no
   * such job.
   */
  Optional<ObjectNode> cancel(UUID id) throws SQLException {
    database.inTransaction(connection -> Jdbc.update(connection, CANCEL, clock.instant(), id));
    return show(id);
  }

  @Override
  public void close() {
    closed = true;
    workers.shutdown();
  }
}
