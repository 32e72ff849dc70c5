package hub.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.json.Json;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;

/** {@code /api/admin/health}: what the management port's health checks say. */
public final class HealthApi extends JsonRoutes {
  @Override
  public void configure() {
    get("/health", "admin-show-health", "Tells what the health checks say.", this::health);
  }

  private ObjectNode health(Exchange exchange) {
    noParameters(exchange);
    Collection<HealthCheck.Result> results = HealthCheckHelper.invoke(getContext());
    boolean up = results.stream().allMatch(result -> result.getState() != HealthCheck.State.DOWN);
    ObjectNode answer = Json.object().put("status", up ? "up" : "down");
    ArrayNode checks = answer.putArray("checks");
    results.stream()
        .sorted(Comparator.comparing((HealthCheck.Result one) -> one.getCheck().getId()))
        .forEach(
            result ->
                checks
                    .addObject()
                    .put("name", result.getCheck().getId())
                    .put("group", result.getCheck().getGroup())
                    .put("status", result.getState().name().toLowerCase(Locale.ROOT))
                    .put("message", result.getMessage().orElse(null))
                    .put("ready", result.getCheck().isReadiness())
                    .put("live", result.getCheck().isLiveness()));
    return answer;
  }
}
