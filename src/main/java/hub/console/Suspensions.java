package hub.console;

import hub.db.Database;
import hub.db.StoreUnavailableException;
import hub.inbox.camel.InboxEndpoint;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which handler routes operators have suspended. It lies in the store: every node holds to it
 * within two seconds, and after a restart at once. Thread-safe.
 */
public final class Suspensions {
  private static final Logger LOG = LoggerFactory.getLogger(Suspensions.class);
  private static final long LOOK_SECONDS = 2;

  private static final String ALL =
      "SELECT route, suspended_by, suspended_at FROM suspended_route ORDER BY route";

  private static final String REMOVE = "DELETE FROM suspended_route WHERE route = ?";

  private static final String ADD =
      "INSERT INTO suspended_route (route, suspended_by, suspended_at) VALUES (?, ?, ?)";

  /** Who suspended a route, and when. */
  record Suspension(String by, Instant at) {}

  private final Database database;
  private final Clock clock;

  /** Suspended here because of what the store says; whoever else suspends a route keeps it so. */
  private final Set<String> ours = new HashSet<>();

  private CamelContext context;
  private ScheduledExecutorService looking;

  public Suspensions(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /** Begins to hold the context's routes to it. */
  public void begin(CamelContext started) {
    context = started;
    looking =
        started
            .getExecutorServiceManager()
            .newSingleThreadScheduledExecutor(this, "hub-suspensions");
    var unused = looking.scheduleWithFixedDelay(this::look, 0, LOOK_SECONDS, TimeUnit.SECONDS);
  }

  /** By route. */
  Map<String, Suspension> all() throws SQLException {
    return database.inTransaction(
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
          try (PreparedStatement remove = connection.prepareStatement(REMOVE);
              PreparedStatement add = connection.prepareStatement(ADD)) {
            remove.setString(1, route);
            remove.executeUpdate();
            add.setString(1, route);
            add.setString(2, operator);
            add.setObject(3, clock.instant().atOffset(ZoneOffset.UTC));
            return add.executeUpdate();
          }
        });
    LOG.info("route={} suspended operator={}", route, operator);
    looking.execute(this::look);
  }

  void resume(String route, String operator) throws SQLException {
    database.inTransaction(
        connection -> {
          try (PreparedStatement remove = connection.prepareStatement(REMOVE)) {
            remove.setString(1, route);
            return remove.executeUpdate();
          }
        });
    LOG.info("route={} resumed operator={}", route, operator);
    looking.execute(this::look);
  }

  /** On the one thread that does it. */
  private void look() {
    if (context.isStopping()) {
      return;
    }
    try {
      Set<String> wanted = all().keySet();
      for (Route route : context.getRoutes()) {
        if (route.getEndpoint() instanceof InboxEndpoint) {
          hold(route.getRouteId(), wanted.contains(route.getRouteId()));
        }
      }
    } catch (StoreUnavailableException e) {
      LOG.debug("suspended routes cannot be read", e);
    } catch (Exception e) {
      LOG.warn("suspended routes cannot be looked at: {}", e.toString());
    }
  }

  private void hold(String route, boolean suspended) throws Exception {
    ServiceStatus status = context.getRouteController().getRouteStatus(route);
    if (suspended && status == ServiceStatus.Started) {
      context.getRouteController().suspendRoute(route);
      ours.add(route);
    } else if (suspended && status == ServiceStatus.Suspended) {
      ours.add(route);
    } else if (!suspended && ours.remove(route) && status == ServiceStatus.Suspended) {
      context.getRouteController().resumeRoute(route);
    }
  }
}
