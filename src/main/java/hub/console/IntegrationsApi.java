package hub.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.call.policy.IntegrationReport;
import hub.call.policy.Providers;
import hub.util.Json;

/** {@code /api/admin/integrations}: state and call statistics of every provider. */
public final class IntegrationsApi extends JsonRoutes {
  private final Providers providers;

  public IntegrationsApi(Providers providers) {
    this.providers = providers;
  }

  @Override
  public void configure() {
    get(
        "/integrations",
        "admin-list-integrations",
        "Shows state and calls of every provider in the last fifteen minutes.",
        exchange -> answer());
  }

  private ObjectNode answer() {
    ObjectNode answer = Json.object();
    var list = answer.putArray("integrations");
    IntegrationReport.of(providers).forEach(report -> list.add(entry(report)));
    return answer;
  }

  private static ObjectNode entry(IntegrationReport report) {
    ObjectNode entry =
        Json.object()
            .put("name", report.name())
            .put("configured", report.configured())
            .put("status", report.status())
            .put("breaker", report.breaker())
            .put("calls", report.calls())
            .put("errors", report.errors())
            .put("p50Ms", report.p50Millis())
            .put("p95Ms", report.p95Millis())
            .put("lastError", report.lastError().orElse(null))
            .put("lastSuccessAt", report.lastSuccessAt().map(Json::time).orElse(null));
    report.missing().forEach(entry.putArray("missing")::add);
    return entry;
  }
}
