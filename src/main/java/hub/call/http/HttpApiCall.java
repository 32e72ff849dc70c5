package hub.call.http;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.policy.Call;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.call.policy.Credentials;
import hub.call.policy.Providers;
import hub.http.HeaderNames;
import hub.util.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * One request to an HTTP API. Made by the Kamelet {@code http-api-action}, whose parameters it
 * takes; runs inside of {@code provider-call-action}. The message's body is sent, as JSON unless it
 * is text or bytes, and is replaced by the answer's: maps and lists for JSON, else text. A page of
 * HTML in answer to a safe method is a failure unless {@code expect} or the header {@code Accept}
 * takes it; a 2xx to another method is never a failure. Thread-safe once started.
 */
public final class HttpApiCall implements Processor, CamelContextAware {
  private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "DELETE", "OPTIONS");
  private static final Set<String> CACHED = Set.of("GET", "HEAD");
  private static final int SHOWN = 300;
  private static final String ACCEPT_OF_PAGES = "(?i)accept:.*(html|\\*/\\*).*";

  private CamelContext context;
  private String baseUrl;
  private String method = "GET";
  private UrlTemplate path = new UrlTemplate("");
  private UrlTemplate query = new UrlTemplate("");
  private Map<String, UrlTemplate> headers = Map.of();

  /** Whether HTML was asked for; else it is the excuse of a proxy. */
  private boolean takesPages;

  private ExpectedAnswer expectedAnswer = ExpectedAnswer.JSON;
  private Credentials credentials = Credentials.NONE;
  private String authHeader = "";
  private String secret = "";
  private UrlTemplate authSubject = new UrlTemplate("");
  private AnswerCache cache = new AnswerCache(Duration.ZERO);

  @Override
  public void process(Exchange exchange) throws IOException {
    Message message = exchange.getMessage();
    URI uri = uri(exchange);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    request.setHeader("Accept", "application/json");
    request.setHeader("User-Agent", "integration-master");
    headers.forEach(
        (name, value) ->
            request.setHeader(name, value.header(n -> UrlTemplate.value(exchange, n))));
    Optional<Map.Entry<String, String>> shown = authorization(exchange);
    shown.ifPresent(header -> request.setHeader(header.getKey(), header.getValue()));
    Optional<Call> call = Call.of(exchange);
    if (!BoundedHttpClient.SAFE_METHODS.contains(method)) {
      call.ifPresent(
          known -> request.setHeader(HeaderNames.IDEMPOTENCY_KEY, known.idempotencyKey()));
    }
    request.method(method, body(request, exchange));
    AnswerCache.Question question =
        new AnswerCache.Question(method, uri, request.copy().build().headers().map());
    Optional<HttpAnswer> cached = CACHED.contains(method) ? cache.get(question) : Optional.empty();
    HttpAnswer answer = cached.isPresent() ? cached.get() : send(request, exchange);
    call.ifPresent(known -> known.answered(answer.status()));
    if (answer.status() >= 300) {
      throw new CallFailedException(name(call), failure(answer), null);
    }
    Object body = read(answer, call);
    if (cached.isEmpty() && CACHED.contains(method)) {
      cache.put(question, answer);
    }
    message.setBody(body);
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.status());
    message.setHeader(
        Exchange.CONTENT_TYPE, answer.headers().firstValue(HeaderNames.CONTENT_TYPE).orElse(null));
  }

  private HttpAnswer send(HttpRequest.Builder request, Exchange exchange) throws IOException {
    BoundedHttpClient http =
        context.getRegistry().lookupByNameAndType("http", BoundedHttpClient.class);
    return http.send(request, Call.timeLeft(exchange));
  }

  private String name(Optional<Call> call) {
    return call.map(known -> known.provider().name()).orElse(URI.create(baseUrl).getHost());
  }

  private URI uri(Exchange exchange) {
    String asked = query.encoded(name -> UrlTemplate.value(exchange, name));
    String address =
        baseUrl.replaceFirst("/+$", "")
            + path.path(name -> UrlTemplate.value(exchange, name))
            + (asked.isEmpty() ? "" : "?" + asked);
    return URI.create(address);
  }

  private Optional<Map.Entry<String, String>> authorization(Exchange exchange) {
    if (credentials == Credentials.NONE) {
      return Optional.empty();
    }
    if (credentials == Credentials.OAUTH) {
      AccessTokens tokens = context.getRegistry().findSingleByType(AccessTokens.class);
      if (tokens == null) {
        throw new IllegalStateException(
            "auth: oauth needs people who log in, and no login provider is configured");
      }
      String token =
          tokens.accessToken(secret, authSubject.plain(name -> UrlTemplate.value(exchange, name)));
      return Optional.of(credentials.header("", token));
    }
    Providers providers = context.getRegistry().lookupByNameAndType("providers", Providers.class);
    return providers
        .settings()
        .named(secret)
        .map(value -> credentials.header(authHeader, value.strip()));
  }

  private HttpRequest.BodyPublisher body(HttpRequest.Builder request, Exchange exchange)
      throws IOException {
    Object body = exchange.getMessage().getBody();
    if (body == null || WITHOUT_BODY.contains(method)) {
      return HttpRequest.BodyPublishers.noBody();
    }
    String type = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class);
    if (body instanceof Map || body instanceof List || body instanceof JsonNode) {
      request.setHeader(HeaderNames.CONTENT_TYPE, "application/json");
      return HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body));
    }
    if (!headers.containsKey("content-type")) {
      request.setHeader(HeaderNames.CONTENT_TYPE, type == null ? "application/json" : type);
    }
    byte[] bytes = exchange.getMessage().getBody(byte[].class);
    if (bytes == null) {
      throw new IOException("the body, a " + body.getClass().getSimpleName() + ", has no bytes");
    }
    return HttpRequest.BodyPublishers.ofByteArray(bytes);
  }

  private static CallFailure failure(HttpAnswer answer) {
    Optional<JsonNode> json = answer.isJson() ? Json.parse(answer.body()) : Optional.empty();
    return CallFailure.ofStatus(
        answer.status(),
        json.map(HttpApiCall::code).orElse(""),
        "HTTP "
            + answer.status()
            + json.map(HttpApiCall::message).map(text -> ": " + text).orElse(""),
        answer.retryAfter());
  }

  /** Where APIs mostly put their word for a fault. */
  private static String code(JsonNode json) {
    return first(json, "/error/code", "/code", "/error/type", "/type", "/name", "/error");
  }

  private static String message(JsonNode json) {
    String text =
        first(
            json,
            "/error/message",
            "/message",
            "/detail",
            "/error_description",
            "/title",
            "/errors/0/message");
    return text.substring(0, Math.min(text.length(), SHOWN));
  }

  private static String first(JsonNode json, String... places) {
    return Arrays.stream(places)
        .map(json::at)
        .filter(node -> node.isTextual() && !node.asText().isBlank())
        .map(JsonNode::asText)
        .findFirst()
        .orElse("");
  }

  private Object read(HttpAnswer answer, Optional<Call> call) {
    if (answer.body().length == 0 || expectedAnswer == ExpectedAnswer.NONE) {
      return null;
    }
    // A 2xx to what is not safe says that it is done: never is it done again for the answer's form.
    boolean anything =
        expectedAnswer == ExpectedAnswer.ANY || !BoundedHttpClient.SAFE_METHODS.contains(method);
    if (answer.isPage() && !takesPages && !anything) {
      throw new CallFailedException(
          name(call),
          CallFailure.of(CallOutcome.UNAVAILABLE, "its answer is a page of HTML"),
          null);
    }
    if (!answer.isJson()) {
      return new String(answer.body(), StandardCharsets.UTF_8);
    }
    Optional<JsonNode> json = Json.parse(answer.body());
    if (json.isEmpty() && !anything) {
      throw new CallFailedException(
          name(call),
          CallFailure.of(CallOutcome.UNAVAILABLE, "its answer is not the JSON that it claims"),
          null);
    }
    return json.isPresent()
        ? Json.plain(json.get())
        : new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Override
  public CamelContext getCamelContext() {
    return context;
  }

  @Override
  public void setCamelContext(CamelContext camelContext) {
    this.context = camelContext;
  }

  /** Address that the path is put behind, with {@code https://}. */
  public void setBaseUrl(String baseUrl) {
    URI uri = URI.create(baseUrl);
    if (uri.getHost() == null
        || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
      throw new IllegalArgumentException("baseUrl: '" + baseUrl + "' is no http or https address");
    }
    this.baseUrl = baseUrl;
  }

  public void setMethod(String method) {
    this.method = method.strip().toUpperCase(Locale.ROOT);
  }

  /** {@code {name}} stands for a variable or header, percent-encoded. */
  public void setPath(String path) {
    this.path = new UrlTemplate(path.isEmpty() || path.startsWith("/") ? path : "/" + path);
  }

  /** {@code a=1&b={name}}. */
  public void setQuery(String query) {
    this.query = new UrlTemplate(query.strip());
  }

  /**
   * A {@code Name: value} a line, values with {@code {name}}. {@code %0A} is a line break, too: it
   * is what outlives an endpoint's address, see {@link hub.call.LineBreaks}.
   */
  public void setHeaders(String lines) {
    Map<String, UrlTemplate> read = new LinkedHashMap<>();
    String list = lines.replaceAll("(?i)(%0D)?%0A", "\n");
    list.lines()
        .filter(line -> !line.isBlank())
        .forEach(
            line -> {
              String[] parts = line.split(":", 2);
              if (parts.length != 2) {
                throw new IllegalArgumentException("headers: '" + line + "' is not 'Name: value'");
              }
              read.put(
                  parts[0].strip().toLowerCase(Locale.ROOT), new UrlTemplate(parts[1].strip()));
            });
    this.headers = Map.copyOf(read);
    this.takesPages =
        list.lines().map(String::strip).anyMatch(line -> line.matches(ACCEPT_OF_PAGES));
  }

  /** What the route can read of an answer: {@code json}, {@code any} or {@code none}. */
  public void setExpect(String expect) {
    this.expectedAnswer = ExpectedAnswer.of(expect);
  }

  public void setAuth(String auth) {
    this.credentials = Credentials.of(auth);
  }

  /** Name of the header for {@code auth: header}. */
  public void setAuthHeader(String authHeader) {
    this.authHeader = authHeader;
  }

  /** Name of the property or variable with the secret; for {@code oauth}, of the login provider. */
  public void setSecret(String secret) {
    this.secret = secret;
  }

  /** For {@code oauth}: whose token, {@code {name}} stands for a variable or header. */
  public void setAuthSubject(String authSubject) {
    this.authSubject = new UrlTemplate(authSubject);
  }

  /** How long a GET's answer serves the same question; 0: never. */
  public void setCacheSeconds(int seconds) {
    this.cache = new AnswerCache(Duration.ofSeconds(seconds));
  }
}
