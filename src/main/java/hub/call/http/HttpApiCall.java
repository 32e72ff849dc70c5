package hub.call.http;

import hub.call.policy.Call;
import hub.call.policy.CallFailedException;
import hub.call.policy.Credentials;
import hub.call.policy.Providers;
import hub.http.HeaderNames;
import hub.util.step.ContextStep;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private static final String ACCEPTS_HTML = "(?i)accept:.*(html|\\*/\\*).*";

  private BaseAddress base = BaseAddress.NONE;
  private BaseAddress secretBase = BaseAddress.NONE;
  private boolean gzip;
  private String method = "GET";
  private UrlTemplate path = new UrlTemplate("");
  private UrlTemplate query = new UrlTemplate("");
  private HeaderLines headers = HeaderLines.NONE;

  /**
   * Whether the route accepts HTML. HTML where JSON was expected is usually a proxy's error page.
   */
  private boolean acceptsHtml;

  private ExpectedResponse expectedResponse = ExpectedResponse.JSON;
  private Credentials credentials = Credentials.NONE;
  private String authHeader = "";
  private String secret = "";
  private String loginProvider = "";
  private UrlTemplate authSubject = new UrlTemplate("");
  private final ApplicationGrant application = new ApplicationGrant();
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
    if (credentials.isApplication()) {
      application.require(credentials);
    }
  }

  @Override
  public void process(Exchange exchange) throws IOException {
    Message message = exchange.getMessage();
    Optional<HttpPage> page = HttpPage.of(exchange);
    URI first = uri(exchange);
    URI uri = page.map(one -> one.address(first)).orElse(first);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    request.setHeader("Accept", "application/json");
    request.setHeader("User-Agent", "integration-master");
    headers.of(exchange).forEach(request::setHeader);
    Optional<Map.Entry<String, String>> credentialsHeader =
        authorization(exchange, Optional.empty());
    credentialsHeader.ifPresent(header -> request.setHeader(header.getKey(), header.getValue()));
    Optional<Call> call = Call.of(exchange);
    if (!BoundedHttpClient.SAFE_METHODS.contains(method)) {
      call.ifPresent(
          known -> request.setHeader(HeaderNames.IDEMPOTENCY_KEY, known.idempotencyKey()));
    }
    request.method(
        method, new RequestBody(headers.byName().keySet(), gzip).of(request, sent(exchange)));
    Optional<ResponseCache.Key> cacheKey =
        cache.isOn() && CACHED.contains(method)
            ? Optional.of(
                new ResponseCache.Key(method, uri, request.copy().build().headers().map()))
            : Optional.empty();
    Optional<ProviderResponse> cached = cacheKey.flatMap(cache::get);
    ProviderResponse response =
        cached.isPresent() ? cached.get() : send(request, credentialsHeader, exchange);
    call.ifPresent(known -> known.answered(response.status()));
    if (response.status() >= 300) {
      throw new CallFailedException(name(call), ResponseReader.failure(response), null);
    }
    Object body = reader().read(response, name(call));
    if (cached.isEmpty() && response.mayBeKept()) {
      cacheKey.ifPresent(key -> cache.put(key, response));
    }
    page.ifPresent(one -> one.answered(response));
    message.setBody(body);
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, response.status());
    message.setHeader(
        Exchange.CONTENT_TYPE,
        response.headers().firstValue(HeaderNames.CONTENT_TYPE).orElse(null));
  }

  /** Sends the request; once more with a new token when the API refuses one of the hub itself. */
  private ProviderResponse send(
      HttpRequest.Builder request, Optional<Map.Entry<String, String>> shown, Exchange exchange)
      throws IOException {
    ProviderResponse response = send(request, exchange);
    if (response.status() != 401 || !credentials.isApplication() || isTest()) {
      return response;
    }
    authorization(exchange, shown.map(Map.Entry::getValue))
        .ifPresent(header -> request.setHeader(header.getKey(), header.getValue()));
    return send(request, exchange);
  }

  private ProviderResponse send(HttpRequest.Builder request, Exchange exchange) throws IOException {
    BoundedHttpClient http = bean(BoundedHttpClient.BEAN, BoundedHttpClient.class);
    return http.send(request, Call.timeLeft(exchange));
  }

  private String name(Optional<Call> call) {
    return call.map(known -> known.provider().name()).orElse("the provider");
  }

  private URI uri(Exchange exchange) {
    return baseAddress(
        path.path(name -> UrlTemplate.value(exchange, name)),
        query.encoded(name -> UrlTemplate.value(exchange, name)));
  }

  private URI baseAddress(String pathText, String queryText) {
    BaseAddress address = base.isGiven() ? base : secretBase;
    return address.with(
        pathText, queryText, name -> bean(Providers.BEAN, Providers.class).settings().named(name));
  }

  private ResponseReader reader() {
    return new ResponseReader(
        expectedResponse, acceptsHtml, BoundedHttpClient.SAFE_METHODS.contains(method));
  }

  /**
   * The header with the credentials.
   *
   * @param refused its value that the API has refused with 401; empty at first
   */
  private Optional<Map.Entry<String, String>> authorization(
      Exchange exchange, Optional<String> refused) throws IOException {
    if (credentials == Credentials.NONE) {
      return Optional.empty();
    }
    if (credentials.isApplication()) {
      return Optional.of(credentials.header("", applicationToken(exchange, refused)));
    }
    if (credentials == Credentials.OAUTH) {
      AccessTokens tokens = getCamelContext().getRegistry().findSingleByType(AccessTokens.class);
      if (tokens == null) {
        throw new IllegalStateException(
            "auth: oauth needs a login provider, and none is configured");
      }
      String token =
          tokens.accessToken(
              loginProvider, authSubject.plain(name -> UrlTemplate.value(exchange, name)));
      return Optional.of(credentials.header("", token));
    }
    Providers providers = bean(Providers.BEAN, Providers.class);
    return providers
        .settings()
        .named(secret)
        .map(value -> credentials.header(authHeader, value.strip()));
  }

  private String applicationToken(Exchange exchange, Optional<String> refused) throws IOException {
    if (isTest()) {
      return "token-of-a-test";
    }
    BoundedHttpClient http = bean(BoundedHttpClient.BEAN, BoundedHttpClient.class);
    ApplicationGrant.Context asked =
        new ApplicationGrant.Context(
            http,
            bean(Providers.BEAN, Providers.class).settings(),
            http.clock(),
            name(Call.of(exchange)),
            baseAddress("", "").toString(),
            name -> UrlTemplate.value(exchange, name),
            Call.timeLeft(exchange));
    return bean(ApplicationTokens.BEAN, ApplicationTokens.class)
        .token(
            credentials.text(),
            application.key(credentials, asked),
            refused.map(header -> header.substring(header.indexOf(' ') + 1)),
            asked.within(),
            () -> application.issue(credentials, asked));
  }

  /** A test of a route stubs the call itself, so nothing asks for a token. */
  private boolean isTest() {
    return getCamelContext().getRegistry().lookupByName(HttpStub.BEAN) != null;
  }

  /** The message whose body is sent; of a method that takes none, an empty one. */
  private Optional<Message> sent(Exchange exchange) {
    return WITHOUT_BODY.contains(method) ? Optional.empty() : Optional.of(exchange.getMessage());
  }

  /** The address before the path, with {@code https://} or {@code http://}. */
  public void setBaseUrl(String baseUrl) {
    this.base = BaseAddress.of(baseUrl);
  }

  /** Name of the property or variable with an address that is a secret itself. */
  public void setBaseUrlSecret(String name) {
    this.secretBase = BaseAddress.ofSecret(name);
  }

  /** Whether the body is compressed. */
  public void setGzip(boolean gzip) {
    this.gzip = gzip;
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

  /**
   * Headers, one {@code Name: value} a line; {@code {name}} stands for a variable or header. {@code
   * %0A} is a line break too, because endpoint addresses keep no other, see {@code
   * hub.call.LineBreaks}.
   */
  public void setHeaders(String lines) {
    this.headers = HeaderLines.of(lines);
    this.acceptsHtml =
        HeaderLines.split(lines).map(String::strip).anyMatch(line -> line.matches(ACCEPTS_HTML));
  }

  /**
   * The form of the response that the route can read: {@code json}, {@code any} or {@code none}.
   */
  public void setExpect(String expect) {
    this.expectedResponse = ExpectedResponse.of(expect);
  }

  public void setAuth(String auth) {
    this.credentials = Credentials.of(auth);
  }

  /** The parameters of {@code client-credentials} and {@code github-app}. */
  public ApplicationGrant getApplication() {
    return application;
  }

  /** Name of the header for {@code auth: header}. */
  public void setAuthHeader(String authHeader) {
    this.authHeader = authHeader;
  }

  /** For {@code oauth}: the login provider whose token is used. */
  public void setLoginProvider(String loginProvider) {
    this.loginProvider = loginProvider.strip();
  }

  /** Name of the property or variable with the secret. */
  public void setSecret(String secret) {
    this.secret = secret;
  }

  /**
   * For {@code oauth}: the provider's id of the person; {@code {name}} stands for a variable or
   * header.
   */
  public void setAuthSubject(String authSubject) {
    this.authSubject = new UrlTemplate(authSubject);
  }

  /** How long a response to GET or HEAD is cached for the same request; 0: not at all. */
  public void setCacheSeconds(int seconds) {
    this.cache = new ResponseCache(Duration.ofSeconds(seconds));
  }
}
