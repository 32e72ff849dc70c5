package hub.call.http;

import hub.call.policy.Call;
import hub.call.policy.Providers;
import hub.http.HeaderNames;
import hub.inbox.InboxVariables;
import hub.util.step.ContextStep;
import hub.webhook.OutgoingWebhook;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Sends one request to an HTTP API. The Kamelet {@code http-api-action} makes it and sets its
 * parameters; it runs inside of {@code provider-call-action}. It sends the message's body, as JSON
 * unless it is text or bytes, and replaces it by the response's: JSON as maps and lists, everything
 * else as text. HTML in response to a safe method is a failure unless {@code expect} or the header
 * {@code Accept} allows it; a 2xx to another method is never a failure. Thread-safe once started.
 */
public final class HttpApiCall extends ContextStep {
  private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "DELETE", "OPTIONS");
  private static final Set<String> CACHED = Set.of("GET", "HEAD");
  private static final byte[] NO_BODY = {};
  private static final String ACCEPTS_HTML = "(?i)accept:.*(html|\\*/\\*).*";

  private BaseAddress base = BaseAddress.NONE;
  private BaseAddress secretBase = BaseAddress.NONE;
  private boolean gzip;
  private int maxRequestBytes;
  private UrlTemplate provider = new UrlTemplate("");
  private String method = "GET";
  private UrlTemplate path = new UrlTemplate("");
  private UrlTemplate query = new UrlTemplate("");
  private HeaderLines headers = HeaderLines.NONE;

  /**
   * Whether the route accepts HTML. HTML where JSON was expected is usually a proxy's error page.
   */
  private boolean acceptsHtml;

  private ExpectedResponse expectedResponse = ExpectedResponse.JSON;
  private final CallCredentials credentials = new CallCredentials();
  private String sign = RequestSignature.NONE;
  private String signSecret = "";
  private RequestSignature signature = new RequestSignature(RequestSignature.NONE, "");
  private ResponseCache cache = new ResponseCache(Duration.ZERO);

  @Override
  protected void doInit() {
    if (base.isGiven() == secretBase.isGiven()) {
      throw new IllegalArgumentException(
          base.isGiven()
              ? "give one of baseUrl and baseUrlSecret, not both"
              : "'baseUrl' is missing: write the address of the API, or in 'baseUrlSecret' the name"
                  + " of the variable that holds it");
    }
    credentials.require(base.isOfVariables());
    signature = new RequestSignature(sign, signSecret);
    signature.require(getCamelContext());
  }

  @Override
  public void process(Exchange exchange) throws IOException {
    Optional<HttpPage> page = HttpPage.of(exchange);
    URI first = uri(exchange);
    URI uri = page.map(one -> one.address(first)).orElse(first);
    Optional<String> ofMessage = ofMessage(exchange, uri);
    if (ofMessage.isPresent()) {
      Call.of(exchange).ifPresent(Call::toOneOfMany);
      bean(Providers.BEAN, Providers.class)
          .ofMessage(ofMessage.get())
          .guard(() -> call(exchange, uri, page));
    } else {
      call(exchange, uri, page);
    }
  }

  /** The provider or host, where the message says it; it has a circuit breaker of its own. */
  private Optional<String> ofMessage(Exchange exchange, URI uri) {
    if (Providers.isTemplate(provider.text())) {
      return Optional.of(provider.plain(name -> UrlTemplate.value(exchange, name)));
    }
    return base.isOfVariables() ? Optional.of(uri.getRawAuthority()) : Optional.empty();
  }

  private void call(Exchange exchange, URI uri, Optional<HttpPage> page) throws IOException {
    Message message = exchange.getMessage();
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    request.setHeader("Accept", "application/json");
    request.setHeader("User-Agent", "integration-master");
    headers.of(exchange).forEach(request::setHeader);
    Optional<Map.Entry<String, String>> credentialsHeader =
        credentials.header(exchange, () -> apiBase(exchange), Optional.empty());
    credentialsHeader.ifPresent(header -> request.setHeader(header.getKey(), header.getValue()));
    Optional<Call> call = Call.of(exchange);
    if (!BoundedHttpClient.SAFE_METHODS.contains(method)) {
      call.ifPresent(
          known -> request.setHeader(HeaderNames.IDEMPOTENCY_KEY, known.idempotencyKey()));
    }
    byte[] body =
        WITHOUT_BODY.contains(method)
            ? NO_BODY
            : new RequestBody(headers.byName().keySet(), gzip, maxRequestBytes, name(call))
                .of(request, message)
                .orElse(NO_BODY);
    request.method(
        method,
        body.length == 0
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofByteArray(body));
    Optional<ResponseCache.Key> cacheKey =
        cache.isOn() && CACHED.contains(method)
            ? Optional.of(
                new ResponseCache.Key(method, uri, request.copy().build().headers().map()))
            : Optional.empty();
    Optional<ProviderResponse> cached = cacheKey.flatMap(cache::get);
    ProviderResponse response =
        cached.isPresent()
            ? cached.get()
            : send(signed(request, body, exchange), credentialsHeader, exchange);
    call.ifPresent(known -> known.answered(response.status()));
    if (response.status() >= 300) {
      throw ResponseReader.refusal(response, name(call));
    }
    Object answer = reader().read(response, name(call));
    if (cached.isEmpty() && response.mayBeKept()) {
      cacheKey.ifPresent(key -> cache.put(key, response));
    }
    page.ifPresent(one -> one.answered(response));
    message.setBody(answer);
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, response.status());
    message.setHeader(
        Exchange.CONTENT_TYPE,
        response.headers().firstValue(HeaderNames.CONTENT_TYPE).orElse(null));
  }

  /** Signs the bytes that are sent, by the time of this attempt. */
  private HttpRequest.Builder signed(HttpRequest.Builder request, byte[] body, Exchange exchange) {
    if (signature.isNone()) {
      return request;
    }
    HttpRequest asked = request.copy().build();
    OutgoingWebhook outgoing =
        new OutgoingWebhook(
            method,
            asked.uri().toString(),
            asked.headers().firstValue(HeaderNames.CONTENT_TYPE).orElse(""),
            body);
    String id =
        Call.of(exchange).map(Call::idempotencyKey).orElseGet(() -> UUID.randomUUID().toString());
    String type = exchange.getVariable(InboxVariables.TYPE, "", String.class);
    signature.headers(getCamelContext(), outgoing, id, type).forEach(request::setHeader);
    return request;
  }

  /** Sends the request; once more with a new token when the API refuses one of the hub itself. */
  private ProviderResponse send(
      HttpRequest.Builder request, Optional<Map.Entry<String, String>> shown, Exchange exchange)
      throws IOException {
    ProviderResponse response = send(request, exchange);
    if (response.status() != 401
        || !credentials.isApplication()
        || HttpStub.isIn(getCamelContext())) {
      return response;
    }
    credentials
        .header(exchange, () -> apiBase(exchange), shown.map(Map.Entry::getValue))
        .ifPresent(header -> request.setHeader(header.getKey(), header.getValue()));
    return send(request, exchange);
  }

  private ProviderResponse send(HttpRequest.Builder request, Exchange exchange) throws IOException {
    String http = base.isOfVariables() ? BoundedHttpClient.CHECKED : BoundedHttpClient.BEAN;
    return bean(http, BoundedHttpClient.class).send(request, Call.timeLeft(exchange));
  }

  private String name(Optional<Call> call) {
    return call.map(known -> known.provider().name()).orElse("the provider");
  }

  private URI uri(Exchange exchange) {
    return address(
        exchange,
        path.path(name -> UrlTemplate.value(exchange, name)),
        query.encoded(name -> UrlTemplate.value(exchange, name)));
  }

  private String apiBase(Exchange exchange) {
    return address(exchange, "", "").toString();
  }

  private URI address(Exchange exchange, String pathText, String queryText) {
    return (base.isGiven() ? base : secretBase)
        .with(
            pathText,
            queryText,
            name -> bean(Providers.BEAN, Providers.class).settings().named(name),
            name -> UrlTemplate.value(exchange, name));
  }

  private ResponseReader reader() {
    return new ResponseReader(
        expectedResponse, acceptsHtml, BoundedHttpClient.SAFE_METHODS.contains(method));
  }

  /**
   * The address before the path, with {@code https://} or {@code http://}; {@code {name}} stands
   * for a variable or header. Where its host has one, it is checked when it is connected to.
   */
  public void setBaseUrl(String baseUrl) {
    this.base = BaseAddress.of(baseUrl);
  }

  /** Name of the property or variable with an address that is a secret itself. */
  public void setBaseUrlSecret(String name) {
    this.secretBase = BaseAddress.ofSecret(name);
  }

  /** The provider's name; {@code {name}} stands for a variable or header. */
  public void setProvider(String provider) {
    this.provider = new UrlTemplate(provider.strip());
  }

  /** Whether the body is compressed. */
  public void setGzip(boolean gzip) {
    this.gzip = gzip;
  }

  /** The largest body that the provider takes, in bytes before compression; 0: any. */
  public void setMaxRequestBytes(int bytes) {
    this.maxRequestBytes = bytes;
  }

  public void setMethod(String method) {
    this.method = method.strip().toUpperCase(Locale.ROOT);
  }

  /** The path; {@code {name}} stands for a variable or header, percent-encoded. */
  public void setPath(String path) {
    this.path = new UrlTemplate(path.isEmpty() || path.startsWith("/") ? path : "/" + path);
  }

  /** The query, such as {@code a=1&b={name}}. */
  public void setQuery(String query) {
    this.query = new UrlTemplate(query.strip());
  }

  /** Headers, as {@link HeaderLines#of} reads them. */
  public void setHeaders(String lines) {
    this.headers = HeaderLines.of(lines);
    this.acceptsHtml =
        HeaderLines.split(lines).map(String::strip).anyMatch(line -> line.matches(ACCEPTS_HTML));
  }

  /** The form of the response that the route reads: {@code json}, {@code any}, {@code none}. */
  public void setExpect(String expect) {
    this.expectedResponse = ExpectedResponse.of(expect);
  }

  public void setAuth(String auth) {
    credentials.setKind(auth);
  }

  /** The parameters of {@code client-credentials} and {@code github-app}. */
  public ApplicationGrant getApplication() {
    return credentials.application();
  }

  /** Name of the header for {@code auth: header}. */
  public void setAuthHeader(String authHeader) {
    credentials.setHeaderName(authHeader);
  }

  /** For {@code oauth}: the login provider whose token is used. */
  public void setLoginProvider(String loginProvider) {
    credentials.setLoginProvider(loginProvider);
  }

  /** Name of the property or variable with the secret. */
  public void setSecret(String secret) {
    credentials.setSecret(secret);
  }

  /**
   * For {@code oauth}: the provider's id of the person; {@code {name}} stands for a variable or
   * header.
   */
  public void setAuthSubject(String authSubject) {
    credentials.setSubject(authSubject);
  }

  /** A scheme that can sign, or {@code none}. */
  public void setSign(String scheme) {
    this.sign = scheme.strip();
  }

  /** Name of the property or variable with the secrets to sign with. */
  public void setSignSecret(String name) {
    this.signSecret = name.strip();
  }

  /** How long a response to GET or HEAD is cached for the same request; 0: not at all. */
  public void setCacheSeconds(int seconds) {
    this.cache = new ResponseCache(Duration.ofSeconds(seconds));
  }
}
