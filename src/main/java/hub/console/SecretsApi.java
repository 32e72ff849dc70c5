package hub.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.config.SecretChanges;
import hub.config.reload.SecretWatch;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.util.Json;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /api/admin/secrets/reload}: reloads the secrets of this node. */
public final class SecretsApi extends JsonRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(SecretsApi.class);

  private final SecretWatch secrets;

  public SecretsApi(SecretWatch secrets) {
    this.secrets = secrets;
  }

  @Override
  public void configure() {
    call(
        "POST",
        "/secrets/reload",
        200,
        "admin-reload-secrets",
        "Reads the secrets of application.properties and of files again.",
        exchange -> Optional.of(reload(exchange)));
  }

  private ObjectNode reload(Exchange exchange) {
    noParameters(exchange);
    String by = operator(exchange).name();
    try {
      SecretChanges changes = secrets.readAgain();
      LOG.info(
          "secrets=reload operator={} taken={} kept={}",
          by,
          changes.taken(),
          changes.kept().keySet());
      return json(changes);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      LOG.warn("secrets=reload operator={} outcome=failed detail=\"{}\"", by, e.getMessage());
      throw new ProblemException(
          Problem.of(
              409,
              "settings-unreadable",
              "The old secrets stay in use: " + e.getMessage() + ". Mend it and ask again."));
    }
  }

  private static ObjectNode json(SecretChanges changes) {
    ObjectNode answer = Json.object();
    changes.taken().forEach(answer.putArray("taken")::add);
    var kept = answer.putArray("kept");
    changes
        .kept()
        .forEach((name, reason) -> kept.addObject().put("name", name).put("reason", reason));
    return answer;
  }
}
