package hub.lint;

import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.WebhookScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A webhook source of a route file.
 *
 * @param name in the URL and of the inbox
 * @param options the signature scheme and its parameters
 * @param secrets name of the property or variable that holds the secrets; empty: the scheme's own
 * @param optional whether the hub starts without a secret
 * @param location file and line of the route's source
 */
public record WebhookSource(
    String name, SchemeOptions options, String secrets, boolean optional, String location) {

  /**
   * All sources of a folder, by file. Files that cannot be read are skipped: the lint reports them.
   */
  public static List<WebhookSource> in(Path routesDir) {
    Faults ignored = new Faults();
    RouteFiles files =
        new RouteFiles(routesDir, new FileNames(routesDir.toAbsolutePath().getParent()));
    List<WebhookSource> sources = new ArrayList<>();
    for (RouteFiles.RouteFile file : files.find(ignored)) {
      if (file.kind() == RouteFiles.Kind.ROUTES) {
        RouteFiles.read(file, ignored)
            .flatMap(content -> YamlTree.parse(file.name(), content, ignored))
            .ifPresent(tree -> tree.items().forEach(item -> addTo(sources, item, ignored)));
      }
    }
    return List.copyOf(sources);
  }

  private static void addTo(List<WebhookSource> sources, YamlTree item, Faults ignored) {
    item.at("route", "from")
        .map(
            from ->
                Endpoint.of(
                    from.location(), "from", from.text("uri"), from.get("parameters"), ignored))
        .filter(from -> from.address().matches("kamelet:/*" + WebhookRules.KAMELET + "(/.*)?"))
        .map(WebhookSource::of)
        .ifPresent(sources::add);
  }

  /** Name of the property or variable with the secrets: the route's, else the scheme's own. */
  public String variable(Schemes schemes) {
    return secrets.isEmpty()
        ? schemes.named(options.scheme()).map(WebhookScheme::variable).orElse("")
        : secrets;
  }

  private static WebhookSource of(Endpoint from) {
    Map<String, String> parameters = new HashMap<>();
    from.parameters().forEach((name, parameter) -> parameters.put(name, parameter.value()));
    return new WebhookSource(
        parameters.getOrDefault("source", ""),
        SchemeOptions.from(parameters),
        parameters.getOrDefault("secrets", "").strip(),
        Boolean.parseBoolean(parameters.get("optional")),
        from.location().toString());
  }
}
