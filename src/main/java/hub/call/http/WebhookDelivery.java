package hub.call.http;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.policy.Call;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.call.policy.HandlerSuspension;
import hub.call.policy.Providers;
import hub.config.Settings;
import hub.http.HeaderNames;
import hub.inbox.InboxVariables;
import hub.inbox.ProofHeaders;
import hub.util.Json;
import hub.util.step.ContextStep;
import hub.webhook.OutgoingWebhook;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Delivers the message's body to one address, signed as a webhook. The Kamelet {@code webhook-sink}
 * makes it. Any 2xx is a success; a redirect is not followed; 410 suspends the handler. The message
 * stays as it was. Thread-safe once started.
 */
public final class WebhookDelivery extends ContextStep {
  /** How long the event of a handler that is being suspended waits at least. */
  private static final Duration UNTIL_SUSPENDED = Duration.ofSeconds(30);

  private static final Set<String> OWN =
      Set.of(
          "connection",
          "content-length",
          "content-type",
          "expect",
          "host",
          "transfer-encoding",
          "upgrade",
          "webhook-id",
          "webhook-signature",
          "webhook-timestamp");

  private static final int GONE = 410;
  private static final String ID = "webhook-id";
  private static final String UNKNOWN_TYPE = "application/octet-stream";

  private BaseAddress address = BaseAddress.NONE;
  private BaseAddress secretAddress = BaseAddress.NONE;
  private String sign = "standard-webhooks";
  private String signSecret = "";
  private HeaderLines headers = HeaderLines.NONE;
  private List<String> forward = List.of();
  private RequestSignature signature;

  @Override
  protected void doInit() {
    if (address.isGiven() == secretAddress.isGiven()) {
      throw new IllegalArgumentException(
          address.isGiven()
              ? "give one of url and urlSecret, not both"
              : "'url' is missing: write the address of the receiver, or in 'urlSecret' the name of"
                  + " the variable that holds it");
    }
    signature = new RequestSignature(sign, signSecret);
    signature.require(getCamelContext());
  }

  @Override
  public void process(Exchange exchange) throws IOException {
    Optional<Call> call = Call.of(exchange);
    URI uri =
        (address.isGiven() ? address : secretAddress)
            .with("", "", settings()::named, name -> UrlTemplate.value(exchange, name));
    if (address.isOfVariables()) {
      call.ifPresent(Call::toOneOfMany);
      bean(Providers.BEAN, Providers.class)
          .ofMessage(uri.getRawAuthority())
          .guard(() -> deliver(exchange, uri, call, BoundedHttpClient.CHECKED));
    } else {
      deliver(exchange, uri, call, BoundedHttpClient.BEAN);
    }
  }

  private void deliver(Exchange exchange, URI uri, Optional<Call> call, String http)
      throws IOException {
    HttpRequest.Builder request = request(exchange, uri);
    ProviderResponse response =
        bean(http, BoundedHttpClient.class).sendForStatus(request, Call.timeLeft(exchange));
    call.ifPresent(known -> known.answered(response.status()));
    String provider = call.map(known -> known.provider().name()).orElse("the receiver");
    if (response.status() == GONE) {
      throw gone(exchange, provider);
    }
    if (response.status() >= 300) {
      throw new CallFailedException(provider, ResponseReader.failure(response), null);
    }
  }

  private HttpRequest.Builder request(Exchange exchange, URI uri) throws IOException {
    String id =
        Optional.ofNullable(exchange.getVariable(InboxVariables.EVENT_ID, String.class))
            .orElseGet(() -> UUID.randomUUID().toString());
    String type =
        Optional.ofNullable(exchange.getVariable(InboxVariables.TYPE, String.class)).orElse("");
    OutgoingWebhook message =
        new OutgoingWebhook(
            uri.toString(),
            contentType(exchange.getMessage()),
            RequestBody.bytes(exchange.getMessage()).orElse(new byte[0]));
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    request.setHeader("User-Agent", "integration-master");
    forwarded(exchange).forEach(request::setHeader);
    request.setHeader(ID, id);
    headers.of(exchange).forEach(request::setHeader);
    request.setHeader(HeaderNames.CONTENT_TYPE, message.headers().get("Content-Type"));
    signature.headers(getCamelContext(), message, id, type).forEach(request::setHeader);
    return request.POST(HttpRequest.BodyPublishers.ofByteArray(message.body()));
  }

  private static String contentType(Message message) {
    if (RequestBody.isTree(message.getBody())) {
      return "application/json";
    }
    String type = message.getHeader(Exchange.CONTENT_TYPE, String.class);
    return type == null || type.isBlank() ? UNKNOWN_TYPE : type;
  }

  /** Headers of the event that the route names; what was masked when it was stored stays here. */
  private Map<String, String> forwarded(Exchange exchange) {
    String stored = exchange.getVariable(InboxVariables.REQUEST_HEADERS, String.class);
    Map<String, String> found = new LinkedHashMap<>();
    if (stored != null && !forward.isEmpty()) {
      JsonNode all = Json.own(stored);
      forward.stream()
          .filter(name -> all.path(name).isTextual())
          .filter(name -> !all.get(name).asText().contains(ProofHeaders.MASK))
          .forEach(name -> found.put(name, all.get(name).asText()));
    }
    return found;
  }

  private CallFailedException gone(Exchange exchange, String provider) {
    String route = exchange.getVariable(InboxVariables.HANDLER, String.class);
    HandlerSuspension suspension =
        getCamelContext().getRegistry().findSingleByType(HandlerSuspension.class);
    if (route == null || suspension == null) {
      return new CallFailedException(
          provider, CallFailure.of(CallOutcome.REJECTED, "HTTP 410: the address is gone"), null);
    }
    suspension.suspend(route, provider + " answered 410: the address is gone");
    return new CallFailedException(
        provider,
        new CallFailure(
            CallOutcome.NOT_PERMITTED,
            GONE,
            "",
            "HTTP 410: the address is gone, so the handler is suspended; mend the address and resume it",
            Optional.of(UNTIL_SUSPENDED)),
        null);
  }

  private Settings settings() {
    return bean(Providers.BEAN, Providers.class).settings();
  }

  /**
   * The receiver's address; {@code {name}} stands for a variable or header. Where its host has one,
   * it is checked when it is connected to.
   */
  public void setUrl(String url) {
    this.address = BaseAddress.of(url.strip());
  }

  /** Name of the property or variable with an address that is a secret itself. */
  public void setUrlSecret(String name) {
    this.secretAddress = BaseAddress.ofSecret(name);
  }

  /** A scheme, or {@code none}. */
  public void setSign(String scheme) {
    this.sign = scheme.strip();
  }

  /** Name of the property or variable with the secrets. */
  public void setSignSecret(String name) {
    this.signSecret = name.strip();
  }

  /** Headers, one {@code Name: value} a line; values may hold {@code {name}}. */
  public void setHeaders(String lines) {
    this.headers = HeaderLines.of(lines);
    requireSendable("headers", headers.byName().keySet());
  }

  /** The client sets these itself, and one that names a receiver would name another one. */
  private static void requireSendable(String parameter, Collection<String> names) {
    names.stream()
        .filter(OWN::contains)
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  parameter + ": '" + name + "' is set by the hub; leave it out");
            });
  }

  /** Names of the event's headers that go along, comma-separated. */
  public void setForward(String names) {
    this.forward =
        Arrays.stream(names.split(","))
            .map(name -> name.strip().toLowerCase(Locale.ROOT))
            .filter(name -> !name.isEmpty())
            .toList();
    requireSendable("forward", forward);
  }
}
