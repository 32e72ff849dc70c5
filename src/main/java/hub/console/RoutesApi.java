package hub.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.inbox.camel.InboxConsumer;
import hub.inbox.camel.InboxEndpoint;
import hub.inbox.camel.TransactedChoice;
import hub.util.Json;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.model.ModelCamelContext;

/** {@code /api/admin/routes}: lists routes, and suspends and resumes handlers. */
public final class RoutesApi extends JsonRoutes {
  private static final Pattern CHANGE =
      Pattern.compile(BASE + "/routes/([^/]+)/(suspend|resume)/?");

  private final Suspensions suspensions;
  private final GoneReceivers gone;
  private final RouteCounts counts;

  /**
   * @param gone tells why the hub itself has suspended a handler
   */
  RoutesApi(Suspensions suspensions, GoneReceivers gone, RouteCounts counts) {
    this.suspensions = suspensions;
    this.gone = gone;
    this.counts = counts;
  }

  @Override
  public void configure() {
    get("/routes", "admin-list-routes", "Lists all routes with their state.", this::list);
    call(
        "POST",
        "/routes/{id}/suspend",
        202,
        "admin-suspend-route",
        "Suspends a handler on every node.",
        exchange -> change(exchange));
    call(
        "POST",
        "/routes/{id}/resume",
        202,
        "admin-resume-route",
        "Resumes a suspended handler.",
        exchange -> change(exchange));
  }

  private ObjectNode list(Exchange exchange) throws SQLException {
    noParameters(exchange);
    Map<String, Suspensions.Suspension> suspended = suspensions.all();
    RouteMap map = new RouteMap((ModelCamelContext) getContext());
    ObjectNode answer = Json.object();
    var routes = answer.putArray("routes");
    for (Route route : getContext().getRoutes()) {
      if (!route.isCreatedByKamelet() && !route.isCreatedByRouteTemplate()) {
        routes.add(entry(route, map, Optional.ofNullable(suspended.get(route.getRouteId()))));
      }
    }
    return answer;
  }

  private ObjectNode entry(Route route, RouteMap map, Optional<Suspensions.Suspension> suspension)
      throws SQLException {
    String id = route.getRouteId();
    ObjectNode entry =
        Json.object()
            .put("id", id)
            .put("description", route.getDescription())
            .put("kind", map.kind(id))
            .put("file", map.file(id).orElse(null))
            .put("from", map.from(id))
            .put("state", state(id, suspension.isPresent()))
            .put("suspendable", route.getEndpoint() instanceof InboxEndpoint)
            .put("suspendedBy", suspension.map(Suspensions.Suspension::by).orElse(null))
            .put("suspendedAt", suspension.map(one -> Json.time(one.at())).orElse(null))
            .put("suspendedBecause", because(id, suspension).orElse(null));
    if (route.getEndpoint() instanceof InboxEndpoint inbox) {
      entry
          .put("handles", inbox.getSource())
          .put("types", inbox.getTypes())
          .put("when", inbox.getWhen());
    } else {
      entry.putNull("handles").putNull("types").putNull("when");
    }
    if (route.getConsumer() instanceof InboxConsumer handler) {
      TransactedChoice choice = handler.transacted();
      entry.put("transacted", choice.isTransacted());
      entry.put("notTransactedBecause", choice.isTransacted() ? null : choice.reason());
    } else {
      entry.putNull("transacted").putNull("notTransactedBecause");
    }
    map.stores(id).forEach(entry.putArray("stores")::add);
    map.providers(id).forEach(entry.putArray("providers")::add);
    RouteCounts.Count count = counts.of(id);
    return entry
        .put("handled", count.handled())
        .put("failed", count.failed())
        .put("meanMs", count.meanMillis().orElse(null));
  }

  private Optional<String> because(String id, Optional<Suspensions.Suspension> suspension)
      throws SQLException {
    return suspension.isEmpty() ? Optional.empty() : gone.reason(id, suspension.get());
  }

  private String state(String id, boolean suspended) {
    ServiceStatus status = getContext().getRouteController().getRouteStatus(id);
    boolean isSuspended = status == ServiceStatus.Suspended;
    if (suspended) {
      return isSuspended ? "suspended" : "suspending";
    }
    return status.name().toLowerCase(Locale.ROOT);
  }

  private Optional<ObjectNode> change(Exchange exchange) throws SQLException {
    noParameters(exchange);
    Matcher path = CHANGE.matcher(request(exchange).path());
    Route route = path.matches() ? getContext().getRoute(path.group(1)) : null;
    if (route == null) {
      throw new ProblemException(
          Problem.of(
              404, "route-unknown", "There is no route of this id; see GET " + BASE + "/routes."));
    }
    if (!(route.getEndpoint() instanceof InboxEndpoint)) {
      throw new ProblemException(
          Problem.of(
              409,
              "not-a-handler",
              "Only routes from an inbox can be suspended: their events wait. What others"
                  + " receive would be lost."));
    }
    boolean suspend = path.group(2).equals("suspend");
    if (suspend) {
      suspensions.suspend(route.getRouteId(), operator(exchange).id());
    } else {
      suspensions.resume(route.getRouteId(), operator(exchange).id());
    }
    return Optional.of(
        Json.object()
            .put("id", route.getRouteId())
            .put("state", suspend ? "suspending" : "resuming"));
  }
}
