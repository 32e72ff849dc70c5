package hub.webhook;

import hub.config.Setting;
import hub.config.Settings;
import hub.http.body.BodyLimits;
import hub.inbox.SourceNames;
import hub.inbox.camel.InboxComponent;
import hub.util.HubClock;
import hub.util.step.ContextStep;
import hub.webhook.scheme.KeyCache;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.SignatureVerifier;
import hub.webhook.verify.WebhookScheme;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * The first step of a webhook source: a {@link RequestVerifier} made from the source's parameters,
 * and made anew when its secrets change. The Kamelet {@code webhook-source} makes it and sets its
 * parameters. Thread-safe once started.
 */
public final class WebhookVerifier extends ContextStep {
  private final Map<String, String> options = new LinkedHashMap<>();
  private String source;
  private String secrets;
  private boolean optional;
  private int ratePerSecond;
  private int maxBodyBytes;
  private volatile RequestVerifier requestVerifier;
  private Runnable stopWatching = () -> {};

  @Override
  public void process(Exchange exchange) {
    requestVerifier.verify(exchange);
  }

  /** Declares the scheme's variables before any route starts, so that every handler has them. */
  @Override
  protected void doInit() {
    getCamelContext()
        .getComponent("inbox", InboxComponent.class)
        .declareVariables(source, schemes().variablesOf(SchemeOptions.from(options).scheme()));
  }

  /**
   * Starts with the route, so that a source that cannot verify anything does not start.
   *
   * @throws IllegalArgumentException with all faults of the parameters, one a line
   */
  @Override
  protected void doStart() {
    Settings settings = settings();
    String variable = variable();
    if (!variable.isEmpty()) {
      stopWatching = settings.whenChanged(variable, this::prepare);
    }
    try {
      SourceNames.require("webhook-source", source);
      requestVerifier = make();
      if (maxBodyBytes > 0) {
        limits().set(path(), maxBodyBytes);
      }
      fetched().declare(source, schemes().overriddenBy(SchemeOptions.from(options)).event());
    } catch (IllegalArgumentException e) {
      stopWatching.run();
      throw new IllegalArgumentException(
          "webhook source " + source + ", secrets " + variable + ": " + e.getMessage(), e);
    }
  }

  /**
   * Checks a changed list of secrets. The result replaces the verifier; signatures of removed
   * secrets are then rejected.
   */
  private Runnable prepare(String list) {
    SchemeOptions schemeOptions = SchemeOptions.from(options);
    Optional<SignatureVerifier> unused =
        signatureVerifier(schemeOptions, schemes().split(schemeOptions.scheme(), list), tools());
    return () -> requestVerifier = make();
  }

  @Override
  protected void doStop() {
    stopWatching.run();
    if (maxBodyBytes > 0) {
      limits().remove(path());
    }
  }

  private FetchedEvents fetched() {
    return bean(FetchedEvents.BEAN, FetchedEvents.class);
  }

  private BodyLimits limits() {
    return bean(BodyLimits.BEAN, BodyLimits.class);
  }

  private String path() {
    return "/api/webhooks/" + source;
  }

  private Settings settings() {
    return bean(Settings.BEAN, Settings.class);
  }

  private Schemes schemes() {
    return new Schemes(bean(SchemeFiles.BEAN, SchemeFiles.class));
  }

  private SchemeTools tools() {
    return new HubSchemeTools(
        HubClock.of(getCamelContext()), settings(), bean(KeyCache.BEAN, KeyCache.class));
  }

  /** Name of the property or variable with the secrets: the route's, else the scheme's own. */
  private String variable() {
    return secrets == null || secrets.isBlank()
        ? schemes()
            .named(SchemeOptions.from(options).scheme())
            .map(WebhookScheme::variable)
            .orElse("")
        : secrets.strip();
  }

  /**
   * @throws IllegalArgumentException with all faults of the parameters, one a line
   */
  private RequestVerifier make() {
    SchemeOptions schemeOptions = SchemeOptions.from(options);
    Schemes schemes = schemes();
    String variable = variable();
    List<String> values =
        variable.isEmpty()
            ? List.of()
            : settings()
                .named(variable)
                .map(list -> schemes.split(schemeOptions.scheme(), list))
                .orElse(List.of());
    SchemeTools tools = tools();
    Optional<SignatureVerifier> verifier = signatureVerifier(schemeOptions, values, tools);
    return new RequestVerifier(
        new SourceSettings(
            source,
            variable,
            schemes.overriddenBy(schemeOptions),
            values,
            verifier,
            tools,
            settings().text(Setting.PUBLIC_URL).replaceFirst("/+$", ""),
            ratePerSecond),
        bean(WebhookMetrics.BEAN, WebhookMetrics.class));
  }

  private Optional<SignatureVerifier> signatureVerifier(
      SchemeOptions schemeOptions, List<String> values, SchemeTools tools) {
    Schemes schemes = schemes();
    boolean configured =
        (!values.isEmpty() || !schemes.needsSecret(schemeOptions.scheme()))
            && schemes.furtherVariables(schemeOptions.scheme()).stream()
                .allMatch(name -> tools.variable(name).filter(text -> !text.isBlank()).isPresent());
    return optional && !configured
        ? Optional.empty()
        : Optional.of(
            schemes.of(schemeOptions, values, settings().count(Setting.SECRETS_MIN_BYTES), tools));
  }

  /** The source's name in the path and in the inbox. */
  public void setSource(String source) {
    this.source = source;
  }

  /** Name of the property or variable that holds the secrets; empty: the scheme's own. */
  public void setSecrets(String secrets) {
    this.secrets = secrets;
  }

  /** Whether the route may start without a secret; then it answers {@code not-configured}. */
  public void setOptional(boolean optional) {
    this.optional = optional;
  }

  /** Most verified requests a second, further ones get 429; 0: no limit. */
  public void setRatePerSecond(int ratePerSecond) {
    this.ratePerSecond = ratePerSecond;
  }

  /** Largest body in bytes; 0: the default of all paths. */
  public void setMaxBodyBytes(int maxBodyBytes) {
    this.maxBodyBytes = maxBodyBytes;
  }

  /** The parameters of {@link SchemeOptions}, by name. */
  public Map<String, String> getOptions() {
    return options;
  }
}
