package hub.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.config.Settings;
import hub.util.Json;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.WebhookScheme;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * {@code /api/admin/schemes}: lists the schemes by which webhooks can be verified, and whether the
 * variables that they name are set; never their values.
 */
public final class SchemesApi extends JsonRoutes {
  private final SchemeFiles files;
  private final Schemes schemes;
  private final Settings settings;

  SchemesApi(SchemeFiles files, Settings settings) {
    this.files = files;
    this.schemes = new Schemes(files);
    this.settings = settings;
  }

  @Override
  public void configure() {
    get(
        "/schemes",
        "admin-list-schemes",
        "Lists the schemes by which webhooks can be verified.",
        this::list);
  }

  private ObjectNode list(Exchange exchange) {
    noParameters(exchange);
    ObjectNode answer = Json.object();
    var list = answer.putArray("schemes");
    for (String name : files.names()) {
      ObjectNode entry = list.addObject().put("name", name);
      try {
        files.named(name).ifPresent(scheme -> describe(entry, scheme));
      } catch (IllegalArgumentException e) {
        // No source uses it: the hub would not have started.
        entry.put("title", name).putNull("docs").putNull("verify").putNull("variable");
        entry.putArray("variables");
        entry.putNull("configured").put("fault", e.getMessage());
      }
      entry.put("own", files.isOwn(name));
    }
    return answer;
  }

  private void describe(ObjectNode entry, WebhookScheme scheme) {
    Set<String> variables = new LinkedHashSet<>();
    if (!scheme.variable().isEmpty()) {
      variables.add(scheme.variable());
    }
    variables.addAll(schemes.furtherVariables(scheme.name()));
    entry
        .put("title", scheme.about().title())
        .put("docs", orNull(scheme.docs()))
        .put("verify", scheme.proof().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("variable", orNull(scheme.variable()));
    variables.forEach(entry.putArray("variables")::add);
    if (variables.isEmpty()) {
      entry.putNull("configured");
    } else {
      entry.put(
          "configured", variables.stream().allMatch(name -> settings.named(name).isPresent()));
    }
  }

  private static String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
