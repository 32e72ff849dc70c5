package hub.console;

import hub.db.Database;
import hub.db.Jdbc;
import hub.db.StoreUnavailableException;
import hub.inbox.camel.InboxComponent;
import hub.inbox.camel.InboxEndpoint;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handler routes that operators, or the hub itself, have suspended: the table {@code
 * suspended_route}. Every node applies a change within two seconds, and at its start. Thread-safe.
 */
public final class Suspensions {
  private static final Logger LOG = LoggerFactory.getLogger(Suspensions.class);
  private static final long POLL_SECONDS = 2;

  private static final String ALL =
      "SELECT route, suspended_by, suspended_at FROM suspended_route ORDER BY route";

  private static final String ONE = "SELECT 1 FROM suspended_route WHERE route = ?";

  private static final String REMOVE = "DELETE FROM suspended_route WHERE route = ?";

  private static final String ADD =
      "INSERT INTO suspended_route (route, suspended_by, suspended_at) VALUES (?, ?, ?)";

  /** Who suspended a route, and when. */
  record Suspension(String by, Instant at) {}

  private final Database database;
  private final Clock clock;

  /** Routes that this class suspended; it does not resume a route that something else suspended. */
  private final Set<String> suspendedHere = new HashSet<>();

  private CamelContext context;
  private ScheduledExecutorService scheduler;

  public Suspensions(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /** Starts to apply the suspensions to the context's routes. */
  public void begin(CamelContext started) {
    context = started;
    scheduler =
        started
            .getExecutorServiceManager()
            .newSingleThreadScheduledExecutor(this, "hub-suspensions");
    var unused = scheduler.scheduleWithFixedDelay(this::apply, 0, POLL_SECONDS, TimeUnit.SECONDS);
  }

  /** The suspensions by route. */
  Map<String, Suspension> all() throws SQLException {
    return database.read(
        connection -> {
          Map<String, Suspension> all = new TreeMap<>();
          try (PreparedStatement select = connection.prepareStatement(ALL);
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              all.put(
                  row.getString(1),
                  new Suspension(row.getString(2), row.getTimestamp(3).toInstant()));
            }
          }
          return all;
        });
  }

  void suspend(String route, String operator) throws SQLException {
    database.inTransaction(
        connection -> {
          Jdbc.update(connection, REMOVE, route);
          return Jdbc.update(connection, ADD, route, operator, clock.instant());
        });
    LOG.info("route={} suspended operator={}", route, operator);
    scheduler.execute(this::apply);
  }

  /**
   * Suspends a route that is not suspended yet, and does {@code also} in the same transaction.
   *
   * @param also gets the time that the suspension has
   * @return false when somebody has suspended it already
   */
  boolean suspendOnce(String route, String by, InboxComponent inbox, Consumer<Instant> also)
      throws SQLException {
    boolean fresh =
        inbox.inTransaction(
            connection -> {
              if (Jdbc.first(connection, ONE, row -> true, route).isPresent()) {
                return false;
              }
              Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
              Jdbc.update(connection, ADD, route, by, now);
              also.accept(now);
              return true;
            });
    if (fresh) {
      LOG.info("route={} suspended by={}", route, by);
      scheduler.execute(this::apply);
    }
    return fresh;
  }

  void resume(String route, String operator) throws SQLException {
    database.inTransaction(connection -> Jdbc.update(connection, REMOVE, route));
    LOG.info("route={} resumed operator={}", route, operator);
    scheduler.execute(this::apply);
  }

  /** Runs on the scheduler's one thread only. */
  private void apply() {
    if (context.isStopping()) {
      return;
    }
    try {
      Set<String> wanted = all().keySet();
      for (Route route : context.getRoutes()) {
        if (route.getEndpoint() instanceof InboxEndpoint) {
          apply(route.getRouteId(), wanted.contains(route.getRouteId()));
        }
      }
    } catch (StoreUnavailableException e) {
      LOG.debug("suspended routes cannot be read", e);
    } catch (Exception e) {
      LOG.warn("suspensions cannot be applied: {}", e.toString());
    }
  }

  private void apply(String route, boolean suspended) throws Exception {
    ServiceStatus status = context.getRouteController().getRouteStatus(route);
    if (suspended && status == ServiceStatus.Started) {
      context.getRouteController().suspendRoute(route);
      suspendedHere.add(route);
    } else if (suspended && status == ServiceStatus.Suspended) {
      suspendedHere.add(route);
    } else if (!suspended && suspendedHere.remove(route) && status == ServiceStatus.Suspended) {
      context.getRouteController().resumeRoute(route);
    }
  }
}
