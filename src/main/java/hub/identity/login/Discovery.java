package hub.identity.login;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderConfigurationRequest;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import net.minidev.json.JSONObject;

/**
 * The endpoints of one OpenID provider as its discovery document tells them; read when first
 * needed, and again after an hour. Thread-safe.
 */
final class Discovery {
  /** Documents change with a provider's releases; an hour is soon enough. */
  private static final Duration KEPT = Duration.ofHours(1);

  /** How long an old document serves after the provider did not give a new one. */
  private static final Duration KEPT_WITHOUT_PROVIDER = Duration.ofMinutes(1);

  /** How long a thread waits for the document that another one reads. */
  private static final Duration AWAITED = Duration.ofSeconds(30);

  /** How long keys serve before they are fetched again; a key unknown until then is looked for. */
  private static final Duration KEYS_KEPT = Duration.ofMinutes(15);

  /** How long one login waits for the keys that another one fetches. */
  private static final Duration KEYS_AWAITED = Duration.ofSeconds(30);

  /** Keys are fetched twice in this time at most, whatever key ids strangers think of. */
  private static final Duration KEYS_AT_MOST = Duration.ofSeconds(30);

  /** How long known keys serve while the provider does not give them. */
  private static final Duration KEYS_WITHOUT_PROVIDER = Duration.ofHours(1);

  private final LoginProvider provider;
  private final LoginCalls calls;
  private final Clock clock;
  private final AtomicReference<CompletableFuture<Endpoints>> reading = new AtomicReference<>();
  private volatile Optional<Endpoints> known = Optional.empty();
  private volatile Instant freshUntil = Instant.EPOCH;
  private Optional<URI> keysAt = Optional.empty();

  Discovery(LoginProvider provider, LoginCalls calls, Clock clock) {
    this.provider = provider;
    this.calls = calls;
    this.clock = clock;
  }

  /**
   * The endpoints, as soon as they are known: at once but for the first document and one that a
   * provider did not give. One caller's thread reads; the others hold none.
   *
   * @param threads one of which reads the document, when that is needed
   * @return fails with {@link CallFailedException} when the document cannot be had or makes no
   *     sense, and none is known
   */
  CompletableFuture<Endpoints> later(Executor threads) {
    Optional<Endpoints> now = known;
    if (now.isPresent() && clock.instant().isBefore(freshUntil)) {
      return CompletableFuture.completedFuture(now.get());
    }
    CompletableFuture<Endpoints> mine = new CompletableFuture<>();
    CompletableFuture<Endpoints> others = reading.compareAndExchange(null, mine);
    CompletableFuture<Endpoints> under = others == null ? mine : others;
    if (others == null) {
      try {
        threads.execute(() -> read(mine));
      } catch (RuntimeException e) {
        reading.set(null);
        mine.completeExceptionally(e);
      }
    }
    // While somebody else's thread reads another document, the old one serves.
    return others != null && now.isPresent()
        ? CompletableFuture.completedFuture(now.get())
        : under.copy();
  }

  /**
   * The same for a thread that may wait: it reads itself unless another one does.
   *
   * @throws CallFailedException as {@link #later} fails
   */
  Endpoints endpoints() {
    try {
      return later(Runnable::run).get(AWAITED.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw failed(CallOutcome.TIMEOUT, "its discovery document is awaited already");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(CallOutcome.UNAVAILABLE, "the hub is stopping");
    } catch (ExecutionException e) {
      // One exception for all who wait: each throws one of its own, with its own stack.
      throw e.getCause() instanceof CallFailedException known
          ? new CallFailedException(known.provider(), known.failure(), known)
          : new IllegalStateException(e.getCause());
    }
  }

  private void read(CompletableFuture<Endpoints> told) {
    try {
      Endpoints fresh = clock.instant().isBefore(freshUntil) ? known.orElseThrow() : refresh();
      reading.set(null);
      told.complete(fresh);
    } catch (RuntimeException | Error e) {
      reading.set(null);
      told.completeExceptionally(e);
    }
  }

  private Endpoints refresh() {
    try {
      known = Optional.of(read());
      freshUntil = clock.instant().plus(KEPT);
    } catch (CallFailedException e) {
      if (known.isEmpty()) {
        throw e;
      }
      // What was true an hour ago most likely is.
      freshUntil = clock.instant().plus(KEPT_WITHOUT_PROVIDER);
    }
    return known.get();
  }

  private Endpoints read() {
    Issuer issuer = new Issuer(provider.issuer().orElseThrow());
    HTTPRequest request = new OIDCProviderConfigurationRequest(issuer).toHTTPRequest();
    String document = calls.ask(provider, LoginCall.DISCOVER, request, Optional.empty()).getBody();
    OIDCProviderMetadata metadata;
    Optional<IssuerTemplate> template;
    try {
      JSONObject json = JSONObjectUtils.parse(document);
      // Both are demanded of providers, and some leave them out.
      json.putIfAbsent("subject_types_supported", List.of("public"));
      json.putIfAbsent("id_token_signing_alg_values_supported", List.of("RS256"));
      String named = String.valueOf(json.get("issuer"));
      template = IssuerTemplate.of(named, issuer.getValue());
      if (template.isPresent()) {
        json.put("issuer", issuer.getValue());
      } else if (!named.equals(issuer.getValue())) {
        throw nonsense(anotherIssuer(named));
      }
      metadata = OIDCProviderMetadata.parse(json);
    } catch (ParseException e) {
      throw nonsense("its discovery document cannot be read");
    }
    URI keys = safe(Optional.ofNullable(metadata.getJWKSetURI()), "jwks_uri");
    return new Endpoints(
        safe(Optional.ofNullable(metadata.getAuthorizationEndpointURI()), "authorization_endpoint"),
        safe(Optional.ofNullable(metadata.getTokenEndpointURI()), "token_endpoint"),
        Optional.ofNullable(metadata.getUserInfoEndpointURI())
            .map(uri -> safe(Optional.of(uri), "userinfo_endpoint")),
        Optional.ofNullable(metadata.getRevocationEndpointURI())
            .map(uri -> safe(Optional.of(uri), "revocation_endpoint"))
            .or(provider::revocationUrl),
        Optional.ofNullable(metadata.getTokenEndpointAuthMethods()).orElse(List.of()),
        Optional.of(
            new OpenId(
                issuer,
                template,
                keys(keys),
                algorithms(metadata),
                metadata.supportsAuthorizationResponseIssuerParam())));
  }

  private static String anotherIssuer(String named) {
    return "its discovery document is another issuer's"
        + (named.matches("https?://[A-Za-z0-9.:/_-]{1,100}")
            ? "; if it is the right one, write issuer: " + named + " in providers.yaml"
            : "");
  }

  /** Those of before, with what they have cached, unless they lie elsewhere now. */
  private JWKSource<SecurityContext> keys(URI uri) {
    if (known.isPresent() && keysAt.equals(Optional.of(uri))) {
      return known.get().openId().orElseThrow().keys();
    }
    keysAt = Optional.of(uri);
    return JWKSourceBuilder.create(url(uri), this::fetchKeys)
        .retrying(false)
        .refreshAheadCache(false)
        .cache(KEYS_KEPT.toMillis(), KEYS_AWAITED.toMillis())
        .rateLimited(KEYS_AT_MOST.toMillis())
        .outageTolerant(KEYS_WITHOUT_PROVIDER.toMillis())
        .build();
  }

  private Resource fetchKeys(URL url) throws IOException {
    HTTPRequest request = new HTTPRequest(HTTPRequest.Method.GET, url);
    try {
      return new Resource(
          calls.ask(provider, LoginCall.FETCH_KEYS, request, Optional.empty()).getBody(),
          "application/json");
    } catch (CallFailedException e) {
      // What tolerates an outage knows this one.
      throw new IOException(e);
    }
  }

  private Set<JWSAlgorithm> algorithms(OIDCProviderMetadata metadata) {
    Set<JWSAlgorithm> algorithms = new HashSet<>();
    Optional.ofNullable(metadata.getIDTokenJWSAlgs()).orElse(List.of()).stream()
        .filter(
            algorithm ->
                JWSAlgorithm.Family.RSA.contains(algorithm)
                    || JWSAlgorithm.Family.EC.contains(algorithm))
        .forEach(algorithms::add);
    if (algorithms.isEmpty()) {
      throw nonsense("it signs ID tokens with no algorithm that can be trusted");
    }
    return algorithms;
  }

  private URI safe(Optional<URI> uri, String name) {
    return uri.filter(ProviderField::isSafe)
        .orElseThrow(
            () -> nonsense("its discovery document has no " + name + " with an https address"));
  }

  private static URL url(URI uri) {
    try {
      return uri.toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  private CallFailedException nonsense(String what) {
    return failed(CallOutcome.UNAVAILABLE, what);
  }

  private CallFailedException failed(CallOutcome callOutcome, String what) {
    return new CallFailedException(provider.calledAs(), CallFailure.of(callOutcome, what), null);
  }
}
