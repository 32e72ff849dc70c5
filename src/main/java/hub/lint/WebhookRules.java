package hub.lint;

import hub.config.Setting;
import hub.config.Settings;
import hub.http.body.BodyLimits;
import hub.webhook.verify.SchemeCatalog;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookSecrets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Checks webhook sources: a unique name, a step to an inbox, a complete signature scheme, secrets.
 */
final class WebhookRules {
  static final String KAMELET = "webhook-source";

  private static final String NOT_SET = " is not set";

  private static final Pattern SOURCE = Pattern.compile("[a-z0-9][a-z0-9_-]*");

  /** The name of a property or variable. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z_.0-9-]+");

  /**
   * A name such as {@code SHOP_WEBHOOK_SECRET} or {@code shop.webhook-secret}, which cannot be a
   * secret and may be shown.
   */
  private static final Pattern SURELY_A_NAME =
      Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*|[a-z][a-z-]*(\\.[a-z][a-z0-9-]*)+");

  /** Prefixes and forms of secrets that providers issue. */
  private static final Pattern SURELY_A_VALUE =
      Pattern.compile("(whsec_|sk_|rk_|xox|ghp_|shpss_).*|[0-9a-f]{16,}|[0-9A-F]{16,}");

  private final Project project;
  private final Settings settings;
  private final Faults faults;

  private final Schemes schemes;

  WebhookRules(Project project, Settings settings, SchemeCatalog catalog, Faults faults) {
    this.project = project;
    this.settings = settings;
    this.schemes = new Schemes(catalog);
    this.faults = faults;
  }

  void checkAll() {
    Map<String, Location> sources = new HashMap<>();
    for (Route route : project.routes()) {
      route
          .from()
          .filter(from -> from.address().matches("kamelet:/*" + KAMELET + "(/.*)?"))
          .ifPresent(from -> check(route, from, sources));
    }
  }

  private void check(Route route, Endpoint from, Map<String, Location> sources) {
    checkSource(from, sources);
    if (isBroken(from.value("scheme").orElse(""))) {
      return; // reported at the scheme's file
    }
    if (route.endpoints().stream()
        .noneMatch(step -> step.scheme().equals("inbox") && !step.isConsumer())) {
      faults.error(
          from.location(),
          "route '" + route.title() + "' keeps none of the webhooks that it takes",
          "add a step to inbox:" + from.value("source").orElse("<source>"));
    }
    checkScheme(from);
    checkNumber(from, "ratePerSecond", "0 is unlimited");
    checkNumber(from, "maxBodyBytes", "0 is hub.webhook.max-body-bytes");
    checkLargestBody(from);
    checkOptional(from);
    EventPathRules.check(from, faults);
    if (schemes.needsSecret(from.value("scheme").orElse(""))) {
      checkSecrets(from);
    }
  }

  private boolean isBroken(String scheme) {
    try {
      Optional<WebhookScheme> unused = schemes.named(scheme);
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private void checkSource(Endpoint from, Map<String, Location> sources) {
    String source = from.value("source").orElse("");
    if (source.isBlank()) {
      faults.error(
          from.locationOf("source"), "source is missing", "name it as in /api/webhooks/<source>");
      return;
    }
    if (from.parameters().get("source").hasPlaceholder()) {
      return;
    }
    if (!SOURCE.matcher(source).matches()) {
      faults.error(
          from.locationOf("source"),
          "source '" + source + "' does not fit into a path",
          "use small letters, digits, - and _");
    }
    Location first = sources.putIfAbsent(source, from.locationOf("source"));
    if (first != null) {
      faults.error(
          from.locationOf("source"),
          "source '" + source + "' is taken by " + first,
          "give one of them another name");
    }
  }

  private void checkScheme(Endpoint from) {
    Map<String, String> values = new LinkedHashMap<>();
    Set<String> open = new HashSet<>();
    from.parameters()
        .forEach(
            (name, parameter) -> {
              values.put(name, parameter.value());
              if (parameter.value().contains("{{")) {
                open.add(name);
              }
            });
    SchemeOptions options = SchemeOptions.from(values);
    List<String> secrets =
        secret(from).map(list -> schemes.split(options.scheme(), list)).orElse(List.of());
    for (String fault : faultsOf(from, options, secrets)) {
      String parameter = fault.substring(0, fault.indexOf(": "));
      int end = fault.indexOf("; ");
      if (!open.contains(parameter) && !open.contains("scheme")) {
        String what = named(from, end < 0 ? fault : fault.substring(0, end));
        String remedy = end < 0 ? "" : fault.substring(end + "; ".length());
        if (what.endsWith(NOT_SET)) {
          faults.notSet(from.locationOf(parameter), what, remedy);
        } else {
          faults.error(from.locationOf(parameter), what, remedy);
        }
      }
    }
  }

  /**
   * Adds the name of the property or variable to a fault of the secrets, unless it could be a
   * secret. A further variable of the scheme is named already.
   */
  private String named(Endpoint from, String fault) {
    String name = variable(from);
    if (fault.endsWith(NOT_SET)) {
      return fault.substring("secrets: ".length());
    }
    return fault.startsWith("secrets: ") && SURELY_A_NAME.matcher(name).matches()
        ? "secrets: " + name + " " + fault.substring("secrets: ".length())
        : fault;
  }

  private List<String> faultsOf(Endpoint from, SchemeOptions options, List<String> secrets) {
    if (secrets.isEmpty() && schemes.needsSecret(options.scheme())) {
      return schemes.faultsOf(options);
    }
    boolean optional = from.value("optional").orElse("").equals("true");
    try {
      schemes.of(options, secrets, leastBytes(), new LintTools(settings, optional));
      return List.of();
    } catch (IllegalArgumentException e) {
      return e.getMessage().lines().toList();
    }
  }

  /** The default when the setting itself is wrong, which is reported separately. */
  private int leastBytes() {
    try {
      return settings.count(Setting.SECRETS_MIN_BYTES);
    } catch (RuntimeException e) {
      return WebhookSecrets.MIN_BYTES;
    }
  }

  private void checkNumber(Endpoint from, String parameter, String zero) {
    from.value(parameter)
        .filter(value -> !value.contains("{{") && !value.matches("\\d{1,9}"))
        .ifPresent(
            value ->
                faults.error(
                    from.locationOf(parameter),
                    parameter + ": '" + value + "' is not a whole number",
                    zero));
  }

  /**
   * Only when {@code hub.http.bodies-max-bytes} is set; otherwise the start lowers the source's
   * limit.
   */
  private void checkLargestBody(Endpoint from) {
    String total = bodiesTotal();
    if (total.isEmpty()) {
      return;
    }
    from.value("maxBodyBytes")
        .filter(value -> value.matches("\\d{1,9}"))
        .filter(value -> Long.parseLong(value) > BodyLimits.largest(settings))
        .ifPresent(
            value ->
                faults.error(
                    from.locationOf("maxBodyBytes"),
                    "maxBodyBytes: "
                        + value
                        + " is over half of hub.http.bodies-max-bytes ("
                        + total
                        + ")",
                    "lower it, or raise hub.http.bodies-max-bytes"));
  }

  /** Empty when it is not set, or wrong, which is reported separately. */
  private String bodiesTotal() {
    try {
      String total = settings.text(Setting.BODIES_MAX_BYTES);
      return Setting.BODIES_MAX_BYTES.kind().complaint(total).isEmpty() ? total : "";
    } catch (RuntimeException e) {
      return "";
    }
  }

  private void checkOptional(Endpoint from) {
    from.value("optional")
        .filter(value -> !value.contains("{{") && !value.matches("true|false"))
        .ifPresent(
            value ->
                faults.error(
                    from.locationOf("optional"),
                    "optional: '" + value + "' is neither true nor false",
                    "write one of them"));
  }

  /** Shows the written value only if it cannot be a secret. */
  private void checkSecrets(Endpoint from) {
    Location location = from.locationOf("secrets");
    String name = variable(from);
    if (name.isEmpty()) {
      faults.error(
          location,
          "secrets is missing",
          "name the property or variable that holds them, such as SHOP_WEBHOOK_SECRET");
    } else if (!NAME.matcher(name).matches()
        || SURELY_A_VALUE.matcher(name).matches()
        || isMixed(name)) {
      faults.error(
          location,
          "secrets looks like a secret itself",
          "name the property or variable that holds it, such as SHOP_WEBHOOK_SECRET");
    } else if (!from.value("optional").orElse("").equals("true") && secret(from).isEmpty()) {
      faults.notSet(
          location,
          (SURELY_A_NAME.matcher(name).matches() ? name : "the name under secrets") + NOT_SET,
          "set it to the secret that "
              + from.value("source").orElse("the sender")
              + " signs with, or add optional: true");
    }
  }

  /** The name that the route gives, else the scheme's own; empty when neither does. */
  private String variable(Endpoint from) {
    String own = from.value("secrets").orElse("").strip();
    return own.isEmpty()
        ? schemes.named(from.value("scheme").orElse("")).map(WebhookScheme::variable).orElse("")
        : own;
  }

  /** The value of the property or variable with the secrets. */
  private Optional<String> secret(Endpoint from) {
    try {
      String name = variable(from);
      return name.isEmpty() ? Optional.empty() : settings.named(name);
    } catch (RuntimeException e) {
      // Its own placeholder is not set.
      return Optional.empty();
    }
  }

  /** Whether it has small letters, capitals and digits, as random texts have. */
  private static boolean isMixed(String name) {
    return name.length() >= 16
        && name.matches(".*[a-z].*")
        && name.matches(".*[A-Z].*")
        && name.matches(".*[0-9].*");
  }
}
