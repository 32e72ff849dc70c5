package hub.call.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import hub.call.policy.Credentials;
import hub.config.Settings;
import hub.http.HeaderNames;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.util.Sha256;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * How the hub itself gets a token for an API: {@code auth: client-credentials} (RFC 6749, 4.4) or
 * {@code auth: github-app}. The parameters of the Kamelets that call are set here. Thread-safe once
 * started.
 */
public final class ApplicationGrant {
  /** GitHub takes a JWT of at most ten minutes, and none that was issued in its future. */
  private static final Duration JWT_LIFETIME = Duration.ofMinutes(9);

  private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  /** Longer lifetimes are cut: databases do not support such times. */
  private static final long MAX_LIFETIME_SECONDS = Duration.ofDays(3650).toSeconds();

  private String tokenUrl = "";
  private String clientId = "";
  private String clientSecret = "";
  private String clientAuth = "basic";
  private String scope = "";
  private String audience = "";
  private String tokenParameters = "";
  private String appId = "";
  private String privateKey = "";
  private UrlTemplate installationId = new UrlTemplate("");
  private boolean hasInstallation;

  /**
   * The circumstances of one request for a token.
   *
   * @param settings hold the values of the variables
   * @param provider for messages
   * @param baseUrl the API's address
   * @param names values of variables and headers
   * @param within limit for the request
   */
  record Context(
      BoundedHttpClient http,
      Settings settings,
      Clock clock,
      String provider,
      String baseUrl,
      UnaryOperator<String> names,
      Duration within) {}

  /**
   * Checks that the parameters are complete.
   *
   * @throws IllegalArgumentException naming all that are missing
   */
  void require(Credentials kind) {
    Map<String, Boolean> given = new LinkedHashMap<>();
    if (kind == Credentials.CLIENT_CREDENTIALS) {
      given.put("tokenUrl", !tokenUrl.isEmpty());
      given.put("clientId", !clientId.isEmpty());
      given.put("clientSecret", !clientSecret.isEmpty());
    } else {
      given.put("appId", !appId.isEmpty());
      given.put("privateKey", !privateKey.isEmpty());
    }
    String missing =
        given.entrySet().stream()
            .filter(one -> !one.getValue())
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("auth: " + kind.text() + " needs " + missing);
    }
  }

  /** Tells the tokens of one kind apart; 64 hexadecimal digits. */
  String key(Credentials kind, Context context) {
    String text =
        kind == Credentials.CLIENT_CREDENTIALS
            ? String.join(
                "\n",
                tokenUrl,
                value(clientId, context),
                clientAuth,
                scope,
                audience,
                tokenParameters)
            : String.join(
                "\n", context.baseUrl(), appId, hasInstallation ? installation(context) : "");
    return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Asks for a new token. */
  ApplicationTokens.Issued issue(Credentials kind, Context context) {
    return kind == Credentials.CLIENT_CREDENTIALS
        ? byClientCredentials(context)
        : byGitHubApp(context);
  }

  private ApplicationTokens.Issued byClientCredentials(Context context) {
    String id = value(clientId, context);
    String secret = value(clientSecret, context);
    StringBuilder form = new StringBuilder("grant_type=client_credentials");
    append(form, "scope", scope);
    append(form, "audience", audience);
    if (!tokenParameters.isEmpty()) {
      form.append('&').append(tokenParameters);
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(tokenUrl));
    request.setHeader("Accept", "application/json");
    request.setHeader(HeaderNames.CONTENT_TYPE, "application/x-www-form-urlencoded");
    if (clientAuth.equals("post")) {
      append(form, "client_id", id);
      append(form, "client_secret", secret);
    } else {
      // Both are form-encoded first (RFC 6749, 2.3.1).
      Map.Entry<String, String> header =
          Credentials.BASIC.header("", encoded(id) + ":" + encoded(secret));
      request.setHeader(header.getKey(), header.getValue());
    }
    request.POST(HttpRequest.BodyPublishers.ofString(form.toString()));
    return new TokenRequest(context.provider(), tokenUrl, clientId + " and " + clientSecret)
        .send(
            context.http(),
            request,
            context.within(),
            answer ->
                text(answer, "access_token")
                    .map(token -> new ApplicationTokens.Issued(token, expiry(answer, context))));
  }

  private static Optional<Instant> expiry(JsonNode answer, Context context) {
    double seconds = answer.path("expires_in").asDouble(0);
    return seconds >= 1
        ? Optional.of(
            context.clock().instant().plusSeconds((long) Math.min(seconds, MAX_LIFETIME_SECONDS)))
        : Optional.empty();
  }

  private ApplicationTokens.Issued byGitHubApp(Context context) {
    if (!hasInstallation) {
      // The app itself, for what lies below /app.
      return new ApplicationTokens.Issued(
          jwt(context), Optional.of(context.clock().instant().plus(JWT_LIFETIME)));
    }
    String installation = installation(context);
    String endpoint = context.baseUrl() + "/app/installations/" + installation + "/access_tokens";
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint));
    request.setHeader("Accept", "application/vnd.github+json");
    request.setHeader(HeaderNames.AUTHORIZATION, "Bearer " + jwt(context));
    request.POST(HttpRequest.BodyPublishers.noBody());
    return new TokenRequest(
            context.provider(),
            endpoint,
            "app " + appId + " with " + privateKey + " and installation " + installation)
        .send(
            context.http(),
            request,
            context.within(),
            answer ->
                text(answer, "token")
                    .map(
                        token ->
                            new ApplicationTokens.Issued(
                                token, text(answer, "expires_at").flatMap(this::time))));
  }

  private Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private String jwt(Context context) {
    PrivateKey key =
        RsaPrivateKey.read(value(privateKey, context))
            .orElseThrow(
                () ->
                    notConfigured(
                        context, "the value of " + privateKey + " is no RSA private key in PEM"));
    Instant now = context.clock().instant();
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.RS256),
            new JWTClaimsSet.Builder()
                .issuer(appId)
                .issueTime(Date.from(now.minus(CLOCK_SKEW)))
                .expirationTime(Date.from(now.plus(JWT_LIFETIME)))
                .build());
    try {
      jwt.sign(new RSASSASigner(key));
    } catch (JOSEException e) {
      throw notConfigured(context, "the key in " + privateKey + " cannot sign");
    }
    return jwt.serialize();
  }

  /** The id in a path: digits only, as it may come from an event. */
  private String installation(Context context) {
    String id = installationId.plain(context.names());
    if (!id.matches("[0-9]{1,20}")) {
      throw UnfitValueException.notNumeric("installationId");
    }
    return id;
  }

  private static Optional<String> text(JsonNode answer, String field) {
    return Optional.of(answer.path(field))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .filter(text -> !text.isBlank());
  }

  private static String value(String name, Context context) {
    return context
        .settings()
        .named(name)
        .map(String::strip)
        .orElseThrow(() -> notConfigured(context, "set " + name + Settings.TAKES_EFFECT));
  }

  private static ProblemException notConfigured(Context context, String what) {
    return new ProblemException(
        Problem.of(503, "not-configured", context.provider() + " is not configured: " + what));
  }

  private static void append(StringBuilder form, String name, String value) {
    if (!value.isEmpty()) {
      form.append('&').append(name).append('=').append(encoded(value));
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** The token endpoint, with {@code https://} or {@code http://}. */
  public void setTokenUrl(String tokenUrl) {
    String address = tokenUrl.strip();
    if (!address.isEmpty() && !address.matches("(?i)https?://[^/\\s]+\\S*")) {
      throw new IllegalArgumentException("tokenUrl: '" + address + "' is no http or https address");
    }
    this.tokenUrl = address;
  }

  /** Name of the property or variable with the client id. */
  public void setClientId(String name) {
    this.clientId = name.strip();
  }

  /** Name of the property or variable with the client secret. */
  public void setClientSecret(String name) {
    this.clientSecret = name.strip();
  }

  /** How the client shows its secret: {@code basic}, in a header, or {@code post}, in the form. */
  public void setClientAuth(String way) {
    if (!way.equals("basic") && !way.equals("post")) {
      throw new IllegalArgumentException("clientAuth: '" + way + "' is not one of basic, post");
    }
    this.clientAuth = way;
  }

  /** The scopes to ask for, space-separated; empty: those that the provider gives by itself. */
  public void setScope(String scope) {
    this.scope = scope.strip();
  }

  /** The audience to ask for; empty: none. */
  public void setAudience(String audience) {
    this.audience = audience.strip();
  }

  /** More form fields of the request, {@code a=1&b=2}, percent-encoded. */
  public void setTokenParameters(String parameters) {
    this.tokenParameters = parameters.strip();
  }

  /** The id of the GitHub App, or its client id. */
  public void setAppId(String appId) {
    this.appId = appId.strip();
  }

  /**
   * Id of the installation; {@code {name}} stands for a variable or header. Empty: the app itself.
   */
  public void setInstallationId(String id) {
    this.hasInstallation = !id.isBlank();
    this.installationId = new UrlTemplate(id.strip());
  }

  /** Name of the property or variable with the app's private key, in PEM. */
  public void setPrivateKey(String name) {
    this.privateKey = name.strip();
  }
}
