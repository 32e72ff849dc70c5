package hub.webhook;

import hub.config.Setting;
import hub.config.Settings;
import hub.http.HeaderNames;
import hub.http.body.BodyLimits;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.inbox.InboxVariables;
import hub.inbox.camel.InboxComponent;
import hub.inbox.db.Receipt;
import hub.util.Form;
import hub.util.HubClock;
import hub.webhook.verify.RejectionReason;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.SignatureVerifier;
import hub.webhook.verify.SignedRequest;
import hub.webhook.verify.VerifiedRequest;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookSecrets;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies that the raw bytes of a webhook come from its source, else rejects it. Sets the
 * variables for id, type and ordering key that {@code inbox:} stores. The Kamelet {@code
 * webhook-source} makes it and sets its parameters. Thread-safe once started.
 */
public final class WebhookVerifier extends ServiceSupport implements Processor, CamelContextAware {
  private static final Logger LOG = LoggerFactory.getLogger("hub.webhook");
  private static final int RETRY_NOT_CONFIGURED_SECONDS = 300;

  private final Map<String, String> options = new LinkedHashMap<>();
  private CamelContext camelContext;
  private String source;
  private String secrets;
  private boolean optional;
  private int ratePerSecond;
  private int maxBodyBytes;
  private volatile Checks checks;
  private Runnable stopWatching = () -> {};

  /**
   * The objects made from the parameters and the current secrets.
   *
   * @param scheme empty when no secret is set, which {@code optional} permits
   * @param proofs names, in lower case, of the headers with signatures or tokens
   * @param hidesFormResponse whether forms are answered without a body
   */
  private record Checks(
      Optional<SignatureVerifier> scheme,
      EventReader reader,
      Optional<RateLimiter> limiter,
      WebhookMetrics metrics,
      Set<String> proofs,
      boolean hidesFormResponse) {}

  @Override
  public void process(Exchange exchange) {
    Checks current = checks;
    try {
      VerifiedRequest verifiedRequest = verify(current, exchange);
      if (!verifiedRequest.secretId().isEmpty()) {
        current.metrics().used(source, verifiedRequest.secretId());
      }
    } catch (WebhookRejectedException e) {
      LOG.info(
          "source={} outcome={} detail=\"{}\" requestId={}",
          source,
          e.reason().code(),
          e.detail(),
          exchange.getMessage().getHeader(HeaderNames.REQUEST_ID));
      throw new ProblemException(problem(e));
    }
  }

  private VerifiedRequest verify(Checks current, Exchange exchange)
      throws WebhookRejectedException {
    SignatureVerifier scheme =
        current
            .scheme()
            .orElseThrow(
                () ->
                    new WebhookRejectedException(
                        RejectionReason.NOT_CONFIGURED,
                        secrets + " is not set; set it to the provider's signing secret"));
    HttpServerRequest request = exchange.getMessage(HttpMessage.class).getRequest();
    byte[] body = exchange.getMessage().getBody(byte[].class);
    VerifiedRequest verifiedRequest =
        scheme.verify(
            new SignedRequest(
                name -> values(request, name), Form.parse(request.query())::all, body));
    if (current.limiter().isPresent() && !current.limiter().get().acquirePermission()) {
      throw new WebhookRejectedException(
          RejectionReason.RATE_LIMITED, "more than " + ratePerSecond + " requests a second");
    }
    MultiMap headers = request.headers();
    EventReader.Fields fields = current.reader().read(headers, body, verifiedRequest);
    exchange.setVariable(InboxVariables.SOURCE, source);
    exchange.setProperty(InboxVariables.PROVEN_SOURCE, source);
    exchange.setVariable(InboxVariables.EVENT_ID, fields.id());
    exchange.setVariable(InboxVariables.PROVIDER_EVENT_ID, fields.id());
    exchange.setProperty(InboxVariables.PROVEN_EVENT_ID, fields.id());
    exchange.setProperty(InboxVariables.FIRST_RECEIPT, new AtomicReference<Receipt>());
    exchange.setVariable(InboxVariables.TYPE, fields.type());
    fields.orderingKey().ifPresent(key -> exchange.setVariable(InboxVariables.ORDERING_KEY, key));
    exchange.setVariable(
        InboxVariables.REQUEST_HEADERS, StoredHeaders.json(headers, current.proofs()));
    if (current.hidesFormResponse() && Form.isForm(headers.get(HeaderNames.CONTENT_TYPE))) {
      exchange.setProperty(Acknowledge.EMPTY_RESPONSE, true);
    }
    return verifiedRequest;
  }

  /**
   * All values of a header. A query parameter of the same name counts as another value, because
   * routes see both under one name.
   */
  private static List<String> values(HttpServerRequest request, String name) {
    List<String> headers = request.headers().getAll(name);
    List<String> parameters = headers.isEmpty() ? List.of() : request.params().getAll(name);
    if (parameters.isEmpty()) {
      return headers;
    }
    List<String> both = new ArrayList<>(headers);
    both.addAll(parameters);
    return both;
  }

  private static Problem problem(WebhookRejectedException rejected) {
    RejectionReason rejectionReason = rejected.reason();
    Problem problem =
        Problem.of(
            rejectionReason.status(),
            rejectionReason.code(),
            rejected.detail() + ". " + rejectionReason.remedy());
    return switch (rejectionReason) {
      case RATE_LIMITED -> problem.retryAfter(1);
      case NOT_CONFIGURED -> problem.retryAfter(RETRY_NOT_CONFIGURED_SECONDS);
      default -> problem;
    };
  }

  /** Declares the scheme's variables before any route starts, so that every handler has them. */
  @Override
  protected void doInit() {
    camelContext
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
      checks = make(settings);
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
   * Checks a changed list of secrets. The result replaces the scheme; signatures of removed secrets
   * are then rejected.
   */
  private Runnable prepare(String list) {
    SchemeOptions scheme = SchemeOptions.from(options);
    Optional<SignatureVerifier> unused =
        scheme(settings(), scheme, WebhookSecrets.split(scheme.scheme(), list));
    return () -> checks = make(settings());
  }

  @Override
  protected void doStop() {
    stopWatching.run();
    if (maxBodyBytes > 0) {
      limits().remove(path());
    }
  }

  private BodyLimits limits() {
    return CamelContextHelper.mandatoryLookup(camelContext, BodyLimits.BEAN, BodyLimits.class);
  }

  private String path() {
    return "/api/webhooks/" + source;
  }

  private Settings settings() {
    return CamelContextHelper.mandatoryLookup(camelContext, Settings.BEAN, Settings.class);
  }

  private Checks make(Settings settings) {
    SchemeOptions scheme = SchemeOptions.from(options);
    List<String> values =
        secrets == null || secrets.isBlank()
            ? List.of()
            : settings
                .named(secrets)
                .map(list -> WebhookSecrets.split(scheme.scheme(), list))
                .orElse(List.of());
    return new Checks(
        scheme(settings, scheme, values),
        new EventReader(Schemes.fieldsOf(scheme)),
        limiter(),
        CamelContextHelper.mandatoryLookup(camelContext, WebhookMetrics.BEAN, WebhookMetrics.class),
        Set.of(scheme.signatureHeader().toLowerCase(Locale.ROOT)),
        Schemes.named(scheme.scheme()).filter(WebhookScheme::silentForms).isPresent());
  }

  private Optional<SignatureVerifier> scheme(
      Settings settings, SchemeOptions scheme, List<String> values) {
    return values.isEmpty() && optional && Schemes.needsSecret(scheme.scheme())
        ? Optional.empty()
        : Optional.of(
            Schemes.of(
                scheme,
                values,
                settings.count(Setting.SECRETS_MIN_BYTES),
                HubClock.of(camelContext)));
  }

  private Optional<RateLimiter> limiter() {
    if (ratePerSecond <= 0) {
      return Optional.empty();
    }
    RateLimiterConfig config =
        RateLimiterConfig.custom()
            .limitForPeriod(ratePerSecond)
            .limitRefreshPeriod(Duration.ofSeconds(1))
            .timeoutDuration(Duration.ZERO)
            .build();
    return Optional.of(RateLimiter.of("webhook-" + source, config));
  }

  @Override
  public CamelContext getCamelContext() {
    return camelContext;
  }

  @Override
  public void setCamelContext(CamelContext camelContext) {
    this.camelContext = camelContext;
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
