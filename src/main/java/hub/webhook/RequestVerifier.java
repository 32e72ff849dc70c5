package hub.webhook;

import hub.http.HeaderNames;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.inbox.InboxVariables;
import hub.inbox.db.Receipt;
import hub.util.Form;
import hub.webhook.verify.RejectionReason;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.SignatureVerifier;
import hub.webhook.verify.SignedRequest;
import hub.webhook.verify.VerifiedRequest;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies that the raw bytes of a webhook come from its source, else rejects it. Sets the
 * variables for id, type and ordering key that {@code inbox:} stores. Thread-safe.
 */
final class RequestVerifier {
  private static final Logger LOG = LoggerFactory.getLogger("hub.webhook");
  private static final int RETRY_NOT_CONFIGURED_SECONDS = 300;

  private final String source;
  private final String secrets;
  private final Optional<SignatureVerifier> signatureVerifier;
  private final EventReader reader;
  private final int ratePerSecond;
  private final Optional<RateLimiter> limiter;
  private final WebhookMetrics metrics;
  private final Set<String> proofs;
  private final boolean hidesFormResponse;

  /**
   * Compiles the expressions of the event's fields.
   *
   * @param secrets name of the property or variable that holds the secrets
   * @param signatureVerifier empty when no secret is set, which a source may permit
   * @param ratePerSecond most verified requests a second; 0: no limit
   */
  RequestVerifier(
      String source,
      String secrets,
      SchemeOptions options,
      Optional<SignatureVerifier> signatureVerifier,
      int ratePerSecond,
      WebhookMetrics metrics) {
    this.source = source;
    this.secrets = secrets;
    this.signatureVerifier = signatureVerifier;
    this.reader = new EventReader(Schemes.fieldsOf(options));
    this.ratePerSecond = ratePerSecond;
    this.limiter = limiter(source, ratePerSecond);
    this.metrics = metrics;
    this.proofs = Set.of(options.signatureHeader().toLowerCase(Locale.ROOT));
    this.hidesFormResponse =
        Schemes.named(options.scheme()).filter(WebhookScheme::silentForms).isPresent();
  }

  private static Optional<RateLimiter> limiter(String source, int ratePerSecond) {
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

  /**
   * Verifies a request and notes its fields in the exchange.
   *
   * @throws ProblemException with the reason of the rejection
   */
  void verify(Exchange exchange) {
    try {
      VerifiedRequest verifiedRequest = verified(exchange);
      if (!verifiedRequest.secretId().isEmpty()) {
        metrics.used(source, verifiedRequest.secretId());
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

  private VerifiedRequest verified(Exchange exchange) throws WebhookRejectedException {
    SignatureVerifier verifier =
        signatureVerifier.orElseThrow(
            () ->
                new WebhookRejectedException(
                    RejectionReason.NOT_CONFIGURED,
                    secrets + " is not set; set it to the provider's signing secret"));
    HttpServerRequest request = exchange.getMessage(HttpMessage.class).getRequest();
    byte[] body = exchange.getMessage().getBody(byte[].class);
    VerifiedRequest verifiedRequest =
        verifier.verify(
            new SignedRequest(
                name -> values(request, name),
                name -> Form.parse(request.query()).all(name),
                body));
    if (limiter.isPresent() && !limiter.get().acquirePermission()) {
      throw new WebhookRejectedException(
          RejectionReason.RATE_LIMITED, "more than " + ratePerSecond + " requests a second");
    }
    MultiMap headers = request.headers();
    EventReader.Fields fields = reader.read(headers, body, verifiedRequest);
    exchange.setVariable(InboxVariables.SOURCE, source);
    exchange.setProperty(InboxVariables.PROVEN_SOURCE, source);
    exchange.setVariable(InboxVariables.EVENT_ID, fields.id());
    exchange.setVariable(InboxVariables.PROVIDER_EVENT_ID, fields.id());
    exchange.setProperty(InboxVariables.PROVEN_EVENT_ID, fields.id());
    exchange.setProperty(InboxVariables.FIRST_RECEIPT, new AtomicReference<Receipt>());
    exchange.setVariable(InboxVariables.TYPE, fields.type());
    fields.orderingKey().ifPresent(key -> exchange.setVariable(InboxVariables.ORDERING_KEY, key));
    exchange.setVariable(InboxVariables.REQUEST_HEADERS, StoredHeaders.json(headers, proofs));
    if (hidesFormResponse && Form.isForm(headers.get(HeaderNames.CONTENT_TYPE))) {
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
}
