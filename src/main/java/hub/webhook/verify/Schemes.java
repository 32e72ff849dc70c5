package hub.webhook.verify;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The verifiers and fields that routes make of the schemes of a catalogue.
 *
 * @param catalog of the schemes that routes may name
 */
public record Schemes(SchemeCatalog catalog) {

  /** All names, in the order of the reference. */
  public List<String> names() {
    return catalog.names();
  }

  public Optional<WebhookScheme> named(String name) {
    return catalog.named(name);
  }

  /** Whether a source of this scheme needs a secret or key of its own; an unknown scheme does. */
  public boolean needsSecret(String scheme) {
    return named(scheme).map(WebhookScheme::needsSecret).orElse(true);
  }

  /** The scheme of a source whose parameters have no faults, with them. */
  public WebhookScheme overriddenBy(SchemeOptions options) {
    return named(options.scheme()).orElseThrow().overriddenBy(options);
  }

  /** Names of the variables that a scheme needs besides that of its secrets; none if unknown. */
  public Set<String> furtherVariables(String scheme) {
    return named(scheme).map(Variables::of).orElse(Set.of());
  }

  /**
   * Makes the verifier that the parameters describe.
   *
   * @param secrets any of which may match, or public keys; not needed for a scheme without them;
   *     must not be empty otherwise, even for an optional source
   * @param minBytes a shorter secret is a fault, unless the scheme has its own limits
   * @throws IllegalArgumentException with all faults, one a line: parameter, fault, remedy; never a
   *     secret
   */
  public SignatureVerifier of(
      SchemeOptions options, List<String> secrets, int minBytes, SchemeTools tools) {
    List<String> faults = new ArrayList<>(faultsOf(options));
    Optional<WebhookScheme> known = named(options.scheme());
    faults.addAll(SecretFaults.of(known, secrets, minBytes));
    for (String variable : furtherVariables(options.scheme())) {
      if (tools.variable(variable).filter(value -> !value.isBlank()).isEmpty()) {
        faults.add("secrets: " + variable + " is not set; the scheme needs it, so set it");
      }
    }
    requireNone(faults);
    WebhookScheme scheme = known.orElseThrow().overriddenBy(options);
    return SchemeCompiler.compile(
        scheme,
        secrets == null ? List.of() : secrets,
        tolerance(scheme, options, tools.clock()),
        tools);
  }

  /** As above, for schemes that need no further tools. */
  public SignatureVerifier of(
      SchemeOptions options, List<String> secrets, int minBytes, Clock clock) {
    return of(options, secrets, minBytes, SchemeTools.of(clock));
  }

  /** As above, with {@link WebhookSecrets#MIN_BYTES}. */
  public SignatureVerifier of(SchemeOptions options, List<String> secrets, Clock clock) {
    return of(options, secrets, WebhookSecrets.MIN_BYTES, clock);
  }

  private static TimestampTolerance tolerance(
      WebhookScheme scheme, SchemeOptions options, Clock clock) {
    int own = scheme.signed().toleranceSeconds();
    return new TimestampTolerance(
        clock,
        options.toleranceSeconds().isEmpty() && own > 0
            ? own
            : TimestampTolerance.parseSeconds(options.toleranceSeconds()).orElseThrow());
  }

  /** All faults of the parameters, without those of the secrets, as {@link #of} reports them. */
  public List<String> faultsOf(SchemeOptions options) {
    return OptionFaults.of(catalog, options);
  }

  /**
   * Where the event's fields are: the scheme's defaults, replaced by the route's parameters.
   *
   * @throws IllegalArgumentException with all faults, one a line
   */
  public EventFields fieldsOf(SchemeOptions options) {
    Optional<WebhookScheme> scheme = named(options.scheme());
    if (scheme.isEmpty()) {
      requireNone(faultsOf(options));
    }
    requireNone(EventFields.faultsOf(options, scheme));
    return scheme.orElseThrow().event().overriddenBy(options);
  }

  /**
   * The variables that every handler of the scheme's events gets, each with the JSONPath of its
   * value in the body; none for an unknown scheme.
   */
  public Map<String, String> variablesOf(String scheme) {
    return named(scheme).map(WebhookScheme::variables).orElse(Map.of());
  }

  /** The secrets in a comma-separated list, see {@link WebhookSecrets#split}. */
  public List<String> split(String scheme, String list) {
    return WebhookSecrets.split(named(scheme), list);
  }

  private static void requireNone(List<String> faults) {
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
  }
}
