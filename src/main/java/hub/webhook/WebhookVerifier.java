package hub.webhook;

import hub.config.Setting;
import hub.config.Settings;
import hub.http.body.BodyLimits;
import hub.inbox.camel.InboxComponent;
import hub.util.HubClock;
import hub.util.step.ContextStep;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.SignatureVerifier;
import hub.webhook.verify.WebhookSecrets;
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
        .declareVariables(source, Schemes.variablesOf(SchemeOptions.from(options).scheme()));
  }

  /**
   * Starts with the route, so that a source that cannot verify anything does not start.
   *
   * @throws IllegalArgumentException with all faults of the parameters, one a line
   */
  @Override
  protected void doStart() {
    Settings settings = settings();
    if (secrets != null && !secrets.isBlank()) {
      stopWatching = settings.whenChanged(secrets, this::prepare);
    }
    try {
      requestVerifier = make(settings);
      if (maxBodyBytes > 0) {
        limits().set(path(), maxBodyBytes);
      }
    } catch (IllegalArgumentException e) {
      stopWatching.run();
      throw new IllegalArgumentException(
          "webhook source " + source + ", secrets " + secrets + ": " + e.getMessage(), e);
    }
  }

  /**
   * Checks a changed list of secrets. The result replaces the verifier; signatures of removed
   * secrets are then rejected.
   */
  private Runnable prepare(String list) {
    SchemeOptions schemeOptions = SchemeOptions.from(options);
    Optional<SignatureVerifier> unused =
        signatureVerifier(
            settings(), schemeOptions, WebhookSecrets.split(schemeOptions.scheme(), list));
    return () -> requestVerifier = make(settings());
  }

  @Override
  protected void doStop() {
    stopWatching.run();
    if (maxBodyBytes > 0) {
      limits().remove(path());
    }
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

  private RequestVerifier make(Settings settings) {
    SchemeOptions schemeOptions = SchemeOptions.from(options);
    List<String> values =
        secrets == null || secrets.isBlank()
            ? List.of()
            : settings
                .named(secrets)
                .map(list -> WebhookSecrets.split(schemeOptions.scheme(), list))
                .orElse(List.of());
    return new RequestVerifier(
        source,
        secrets,
        schemeOptions,
        signatureVerifier(settings, schemeOptions, values),
        ratePerSecond,
        bean(WebhookMetrics.BEAN, WebhookMetrics.class));
  }

  private Optional<SignatureVerifier> signatureVerifier(
      Settings settings, SchemeOptions schemeOptions, List<String> values) {
    return values.isEmpty() && optional && Schemes.needsSecret(schemeOptions.scheme())
        ? Optional.empty()
        : Optional.of(
            Schemes.of(
                schemeOptions,
                values,
                settings.count(Setting.SECRETS_MIN_BYTES),
                HubClock.of(getCamelContext())));
  }

  /** The source's name in the path and in the inbox. */
  public void setSource(String source) {
    this.source = source;
  }

  /** Name of the property or variable that holds the secrets. */
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
