package hub.lint;

import hub.config.Setting;
import hub.config.Settings;
import hub.webhook.verify.SchemeCatalog;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.SigningSchemes;
import hub.webhook.verify.WebhookSecrets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks how calls are signed: the scheme can sign, and its secrets are named, set and fit. */
final class SignRules {
  /** Kamelets that sign, with the scheme by which they do where a route names none. */
  private static final Map<String, String> USUAL =
      Map.of("webhook-sink", "standard-webhooks", "http-api-action", "none");

  private static final String SECRET = "signSecret";

  private final Project project;
  private final Settings settings;
  private final Schemes schemes;
  private final Faults faults;

  SignRules(Project project, Settings settings, SchemeCatalog catalog, Faults faults) {
    this.project = project;
    this.settings = settings;
    this.schemes = new Schemes(catalog);
    this.faults = faults;
  }

  void checkAll() {
    project.endpoints().stream()
        .filter(endpoint -> endpoint.scheme().equals("kamelet"))
        .filter(endpoint -> USUAL.containsKey(kamelet(endpoint)))
        .forEach(this::check);
  }

  private static String kamelet(Endpoint endpoint) {
    return endpoint.name().replaceFirst("/.*", "");
  }

  private void check(Endpoint call) {
    Optional<Endpoint.Parameter> written = Optional.ofNullable(call.parameters().get("sign"));
    Optional<Endpoint.Parameter> secret = Optional.ofNullable(call.parameters().get(SECRET));
    String scheme =
        written
            .map(one -> one.value().strip())
            .filter(value -> !value.isEmpty())
            .orElse(USUAL.get(kamelet(call)));
    if (written.filter(Endpoint.Parameter::hasPlaceholder).isPresent()) {
      return;
    }
    if (scheme.equals("none")) {
      secret
          .filter(name -> !name.value().isBlank() && !name.hasPlaceholder())
          .ifPresent(
              name ->
                  faults.error(
                      name.location(),
                      "signSecret is given, and nothing is signed",
                      "write sign: standard-webhooks or another scheme, or leave it out"));
      return;
    }
    Optional<String> fault = SigningSchemes.fault(schemes, scheme);
    if (fault.isPresent()) {
      report(written.map(Endpoint.Parameter::location).orElse(call.location()), fault.get());
    } else if (secret.filter(name -> !name.value().isBlank()).isEmpty()) {
      faults.error(
          call.location(),
          "sign: " + scheme + " needs 'signSecret'",
          "write the name of the property or variable that holds the secret, or sign: none");
    } else if (!secret.get().hasPlaceholder()) {
      checkSecrets(scheme, secret.get());
    }
  }

  private void checkSecrets(String scheme, Endpoint.Parameter name) {
    String variable = name.value().strip();
    List<String> secrets =
        new LintTools(settings, false)
            .variable(variable)
            .map(list -> schemes.split(scheme, list))
            .orElse(List.of());
    if (secrets.isEmpty()) {
      faults.notSet(
          name.location(),
          (variable.matches("[A-Z][A-Z0-9_]*") ? variable : "the name under signSecret")
              + " is not set",
          "set it to the secret that the request is signed with");
      return;
    }
    try {
      schemes.of(SchemeOptions.of(scheme), secrets, leastBytes(), new LintTools(settings, true));
    } catch (IllegalArgumentException e) {
      e.getMessage()
          .lines()
          .map(line -> line.replace("secrets: ", variable + " "))
          .forEach(line -> report(name.location(), line));
    }
  }

  private int leastBytes() {
    try {
      return settings.count(Setting.SECRETS_MIN_BYTES);
    } catch (RuntimeException e) {
      return WebhookSecrets.MIN_BYTES; // a rule of settings tells it
    }
  }

  private void report(Location location, String text) {
    int end = text.indexOf("; ");
    faults.error(
        location,
        "sign: " + (end < 0 ? text : text.substring(0, end)),
        end < 0 ? "" : text.substring(end + "; ".length()));
  }
}
