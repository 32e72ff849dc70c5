package hub.lint;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reports Java classes that routes and settings of an earlier version name and that have a new name
 * now. Every text is searched, because a class may stand in a bean's type, a method expression, a
 * {@code bean:} URI, a list of exceptions or a script.
 */
final class RenamedClassRules {
  private static final Map<String, String> NEW_NAMES =
      Map.ofEntries(
          Map.entry("hub.api.JsonBody", "hub.http.openapi.JsonBody"),
          Map.entry("hub.edge.HubServerFactory", "hub.http.server.HubServerFactory"),
          Map.entry("hub.edge.RaiseProblem", "hub.http.problem.RaiseProblem"),
          Map.entry("hub.edge.WebhookGate", "hub.webhook.WebhookVerifier"),
          Map.entry("hub.outbound.ApiCall", "hub.call.http.HttpApiCall"),
          Map.entry("hub.outbound.CallFailed", "hub.call.policy.CallFailedException"),
          Map.entry("hub.outbound.EnterCall", "hub.call.policy.BeginAttempt"),
          Map.entry("hub.outbound.LeaveToken", "hub.call.http.FetchAccessToken"),
          Map.entry("hub.outbound.Providers", "hub.call.policy.Providers"),
          Map.entry("hub.stripe.ClientSecrets", "hub.provider.stripe.ClientSecrets"),
          Map.entry("hub.stripe.Money", "hub.provider.stripe.Money"),
          Map.entry("hub.stripe.OwnEvents", "hub.provider.stripe.OwnEventFilter"),
          Map.entry("hub.watch.AlertWatch", "hub.monitoring.alert.AlertWatch"));

  private static final Pattern EARLIER_NAME =
      Pattern.compile(
          NEW_NAMES.keySet().stream()
              .map(Pattern::quote)
              .collect(Collectors.joining("|", "(?<![\\w.$])(", ")(?![\\w$])")));

  private final Faults faults;

  RenamedClassRules(Faults faults) {
    this.faults = faults;
  }

  /** Whether {@code className} is an earlier name of a class of the hub. */
  static boolean isRenamed(String className) {
    return NEW_NAMES.containsKey(className);
  }

  /** Checks every value of {@code application.properties}. */
  void check(SettingsFile file) {
    file.entries().forEach(entry -> check(entry.location(), entry.value()));
  }

  /** Checks every text in {@code tree}. */
  void check(YamlTree tree) {
    tree.items().forEach(this::check);
    tree.entries().forEach(entry -> check(entry.value()));
    check(tree.location(), tree.text());
  }

  private void check(Location location, String text) {
    Matcher earlier = EARLIER_NAME.matcher(text);
    while (earlier.find()) {
      faults.error(
          location,
          earlier.group(1) + " is now " + NEW_NAMES.get(earlier.group(1)),
          "write the new name");
    }
  }
}
