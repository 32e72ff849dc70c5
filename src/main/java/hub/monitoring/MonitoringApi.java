package hub.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.monitoring.alert.Alerts;
import hub.monitoring.health.HealthBoard;
import hub.monitoring.stats.Charts;
import hub.util.Form;
import hub.util.Json;
import io.vertx.core.http.HttpServerRequest;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/** {@code /api/admin}: health checks, charts, firing alerts and their silences. */
final class MonitoringApi extends RouteBuilder {
  private static final String BASE = "/api/admin";
  private static final Pattern SILENCE_PATH = Pattern.compile(BASE + "/alerts/([^/]+)/silence/?");

  /** A week; to be silent for longer, change the alert. */
  private static final int MAX_SILENCE_MINUTES = 7 * 24 * 60;

  private final HealthBoard health;
  private final Charts charts;
  private final Alerts alerts;

  MonitoringApi(HealthBoard health, Charts charts, Alerts alerts) {
    this.health = health;
    this.charts = charts;
    this.alerts = alerts;
  }

  /** Answers a request with a JSON object, or empty for 204. */
  private interface Call {
    Optional<ObjectNode> answer(Exchange exchange) throws SQLException;
  }

  @Override
  public void configure() {
    // A problem is an answer, not an error to log.
    errorHandler(noErrorHandler());
    call(
        "GET",
        "/health",
        "admin-show-health",
        "Shows the result of every health check.",
        this::health);
    call(
        "GET",
        "/figures",
        "admin-show-figures",
        "Shows the charts of an hour or a day.",
        this::charts);
    call("GET", "/alerts", "admin-list-alerts", "Lists the alerts that fire.", this::alerts);
    call(
        "POST",
        "/alerts/{name}/silence",
        "admin-silence-alert",
        "Silences an alert for some minutes.",
        this::silence);
  }

  private void call(String method, String path, String routeId, String description, Call call) {
    from("platform-http:" + BASE + path + "?useBodyHandler=false&httpMethodRestrict=" + method)
        .routeId(routeId)
        .routeDescription(description)
        .process(
            exchange -> {
              Optional<ObjectNode> answer = call.answer(exchange);
              exchange.getMessage().removeHeaders("*");
              exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
              exchange
                  .getMessage()
                  .setHeader(Exchange.HTTP_RESPONSE_CODE, answer.isPresent() ? 200 : 204);
              exchange.getMessage().setBody(answer.map(Json::bytes).orElse(null));
            });
  }

  private Optional<ObjectNode> health(Exchange exchange) {
    parameters(exchange, Set.of());
    return Optional.of(health.json());
  }

  private Optional<ObjectNode> charts(Exchange exchange) throws SQLException {
    List<String> range = parameters(exchange, Set.of("range")).all("range");
    if (range.equals(List.of("hour")) || range.isEmpty()) {
      return Optional.of(charts.of(Charts.Range.HOUR));
    }
    if (range.equals(List.of("day"))) {
      return Optional.of(charts.of(Charts.Range.DAY));
    }
    throw invalid("range: neither hour nor day.");
  }

  private Optional<ObjectNode> alerts(Exchange exchange) throws SQLException {
    parameters(exchange, Set.of());
    return Optional.of(alerts.json());
  }

  private Optional<ObjectNode> silence(Exchange exchange) throws SQLException {
    parameters(exchange, Set.of());
    // From the path only: a header or query parameter of the same name would be used otherwise.
    Matcher path = SILENCE_PATH.matcher(request(exchange).path());
    String name = path.matches() ? path.group(1) : "";
    JsonNode body =
        Json.parse(exchange.getMessage().getBody(byte[].class))
            .filter(JsonNode::isObject)
            .orElseThrow(() -> invalid("the body: not a JSON object such as {\"minutes\":60}."));
    JsonNode minutes = body.path("minutes");
    if (body.size() != 1
        || !minutes.isInt()
        || minutes.asInt() < 0
        || minutes.asInt() > MAX_SILENCE_MINUTES) {
      throw invalid(
          "minutes: must be a whole number from 0 to "
              + MAX_SILENCE_MINUTES
              + ", and the only field; 0 ends the silence.");
    }
    if (!alerts.silence(name, minutes.asInt())) {
      throw new ProblemException(
          Problem.of(404, "alert-unknown", "No route in routes/ has an alert of this name."));
    }
    return Optional.empty();
  }

  private static Form parameters(Exchange exchange, Set<String> known) {
    Form query = Form.parse(request(exchange).query());
    for (String name : query.fields().keySet()) {
      if (!known.contains(name)) {
        throw invalid(name + ": unknown parameter.");
      }
    }
    return query;
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(Problem.of(400, "payload-invalid", detail));
  }

  private static HttpServerRequest request(Exchange exchange) {
    return exchange.getMessage(HttpMessage.class).getRequest();
  }
}
