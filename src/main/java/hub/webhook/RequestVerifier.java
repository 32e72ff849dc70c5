package hub.webhook;

import hub.http.HeaderNames;
import hub.http.problem.ProblemException;
import hub.inbox.InboxVariables;
import hub.inbox.db.Receipt;
import hub.util.Form;
import hub.webhook.verify.Handshakes;
import hub.webhook.verify.RejectionReason;
import hub.webhook.verify.Response;
import hub.webhook.verify.SignatureVerifier;
import hub.webhook.verify.SignedRequest;
import hub.webhook.verify.VerifiedRequest;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies that the raw bytes of a webhook come from its source, else rejects it. Sets the
 * variables for id, type and ordering key that {@code inbox:} stores; answers handshakes.
 * Thread-safe.
 */
final class RequestVerifier {
  private static final Logger LOG = LoggerFactory.getLogger("hub.webhook");
  private static final String HEADER = "header:";

  private final SourceSettings settings;
  private final String source;
  private final Handshakes handshakes;
  private final EventsReader events;
  private final Optional<RateLimiter> limiter;
  private final WebhookMetrics metrics;
  private final Refusal refusal;
  private final Set<String> proofs;
  private final Optional<StoredAnswer> answer;

  /** Compiles the expressions of the event's fields. */
  RequestVerifier(SourceSettings settings, WebhookMetrics metrics) {
    WebhookScheme scheme = settings.scheme();
    this.settings = settings;
    this.source = settings.source();
    this.handshakes = Handshakes.of(scheme, settings.secrets(), settings.tools());
    this.events = new EventsReader(scheme);
    this.limiter = limiter(source, settings.ratePerSecond());
    this.metrics = metrics;
    this.refusal = new Refusal(source, scheme.responses().refused(), metrics);
    this.proofs =
        scheme.places().stream()
            .map(WebhookScheme.Places::signature)
            .filter(place -> place.startsWith(HEADER))
            .map(place -> place.substring(HEADER.length()).toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    this.answer = StoredAnswer.of(scheme, settings.tools());
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
   * Verifies a request and notes its fields in the exchange; or answers it, and stops the route.
   *
   * @throws ProblemException with the reason of the rejection
   */
  void verify(Exchange exchange) {
    HttpServerRequest http = exchange.getMessage(HttpMessage.class).getRequest();
    Object requestId = exchange.getMessage().getHeader(HeaderNames.REQUEST_ID);
    try {
      WebhookRequest request =
          WebhookRequest.of(
              http,
              exchange.getMessage().getBody(byte[].class),
              settings.publicUrl(),
              settings.scheme().payload().form());
      SignedRequest signed = request.signed();
      if (!handshakes.isEmpty() && isAnswered(exchange, signed)) {
        return;
      }
      VerifiedRequest verified = verified(exchange, request, signed);
      if (!verified.secretId().isEmpty()) {
        metrics.used(source, verified.secretId());
      }
    } catch (WebhookRejectedException e) {
      LOG.info(
          "source={} outcome={} detail=\"{}\" requestId={}",
          source,
          e.reason().code(),
          e.detail(),
          requestId);
      refusal.give(exchange, e);
    }
  }

  /** Whether the request is a handshake, which is then answered. */
  private boolean isAnswered(Exchange exchange, SignedRequest signed)
      throws WebhookRejectedException {
    Optional<Response> response = handshakes.answer(signed, settings.verifier());
    if (response.isEmpty()) {
      if (signed.details().method().equals("GET")) {
        throw new WebhookRejectedException(
            RejectionReason.PAYLOAD_INVALID, "the GET is no question that this sender asks");
      }
      return false;
    }
    metrics.count(source, "answered");
    Answering.stop(
        exchange, response.get().status(), response.get().contentType(), response.get().body());
    exchange.getMessage().setHeader("X-Content-Type-Options", "nosniff");
    return true;
  }

  private VerifiedRequest verified(Exchange exchange, WebhookRequest request, SignedRequest signed)
      throws WebhookRejectedException {
    SignatureVerifier verifier =
        settings
            .verifier()
            .orElseThrow(
                () ->
                    new WebhookRejectedException(
                        RejectionReason.NOT_CONFIGURED,
                        settings.variable()
                            + " is not set; set it to the provider's signing secret"));
    EventsReader.Read read = events.read(request, signed, verifier);
    if (limiter.isPresent() && !limiter.get().acquirePermission()) {
      throw new WebhookRejectedException(
          RejectionReason.RATE_LIMITED,
          "more than " + settings.ratePerSecond() + " requests a second");
    }
    note(exchange, request, read);
    if (answer.isPresent()) {
      exchange.setProperty(StoredAnswer.PROPERTY, answer.get().of(signed));
    }
    return read.verified();
  }

  private void note(Exchange exchange, WebhookRequest request, EventsReader.Read read) {
    exchange.setVariable(InboxVariables.SOURCE, source);
    exchange.setProperty(InboxVariables.PROVEN_SOURCE, source);
    exchange.setProperty(InboxVariables.FIRST_RECEIPT, new AtomicReference<Receipt>());
    EventReader.Fields fields = read.first();
    if (fields != null) {
      exchange.setVariable(InboxVariables.EVENT_ID, fields.id());
      exchange.setVariable(InboxVariables.PROVIDER_EVENT_ID, fields.id());
      exchange.setProperty(InboxVariables.PROVEN_EVENT_ID, fields.id());
      exchange.setVariable(InboxVariables.TYPE, fields.type());
      fields.orderingKey().ifPresent(key -> exchange.setVariable(InboxVariables.ORDERING_KEY, key));
    }
    if (events.areSeveral()) {
      exchange.setProperty(InboxVariables.PROVEN_EVENTS, read.events());
    }
    read.replayKey().ifPresent(token -> exchange.setProperty(InboxVariables.REPLAY_KEY, token));
    exchange.setVariable(
        InboxVariables.REQUEST_HEADERS, StoredHeaders.json(request.headers(), proofs));
    if (settings.scheme().responses().silentForms() && Form.isForm(request.contentType())) {
      exchange.setProperty(Acknowledge.EMPTY_RESPONSE, true);
    }
  }
}
