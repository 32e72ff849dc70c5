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
 * The endpoints of one OpenID provider from its discovery document, which is read at the first use
 * and again after an hour. Thread-safe.
 */
final class Discovery {
  /** How long a document is fresh; it changes only with a provider's releases. */
  private static final Duration KEPT = Duration.ofHours(1);

  /**
   * How long an old document is used before the next attempt, after the provider did not answer.
   */
  private static final Duration KEPT_WITHOUT_PROVIDER = Duration.ofMinutes(1);

  /** How long a thread waits for a document that another thread reads. */
  private static final Duration AWAITED = Duration.ofSeconds(30);

  /** How long keys are cached; an unknown key id causes a fetch before that. */
  private static final Duration KEYS_KEPT = Duration.ofMinutes(15);

  /** How long a login waits for keys that another login fetches. */
  private static final Duration KEYS_AWAITED = Duration.ofSeconds(30);

  /** Keys are fetched at most twice in this time, so that invented key ids cause no flood. */
  private static final Duration KEYS_AT_MOST = Duration.ofSeconds(30);

  /** How long cached keys are used while the provider is away. */
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
   * The endpoints. The future is complete already if a document is known and no other caller has to
   * read it. Only one thread reads; other callers hold none.
   *
   * @param threads runs the read, when that is needed
   * @return fails with {@link CallFailedException} when the document cannot be read or is invalid,
   *     and no earlier one is known
   */
  CompletableFuture<Endpoints> endpointsAsync(Executor threads) {
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
    // While another thread reads a new document, the old one is used.
    return others != null && now.isPresent()
        ? CompletableFuture.completedFuture(now.get())
        : under.copy();
  }

  /**
   * The endpoints, for a thread that may wait: it reads the document itself unless another thread
   * does.
   *
   * @throws CallFailedException as {@link #endpointsAsync} fails
   */
  Endpoints endpoints() {
    try {
      return endpointsAsync(Runnable::run).get(AWAITED.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw failed(CallOutcome.TIMEOUT, "its discovery document is awaited already");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(CallOutcome.UNAVAILABLE, "the hub is stopping");
    } catch (ExecutionException e) {
      // All waiting threads get the same exception, so each throws a new one with its own stack.
      throw e.getCause() instanceof CallFailedException known
          ? new CallFailedException(known.provider(), known.failure(), known)
          : new IllegalStateException(e.getCause());
    }
  }

  private void read(CompletableFuture<Endpoints> result) {
    try {
      Endpoints fresh = clock.instant().isBefore(freshUntil) ? known.orElseThrow() : refresh();
      reading.set(null);
      result.complete(fresh);
    } catch (RuntimeException | Error e) {
      reading.set(null);
      result.completeExceptionally(e);
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
      // The endpoints of an hour ago are most likely still right.
      freshUntil = clock.instant().plus(KEPT_WITHOUT_PROVIDER);
    }
    return known.get();
  }

  private Endpoints read() {
    Issuer issuer = new Issuer(provider.issuer().orElseThrow());
    HTTPRequest request = new OIDCProviderConfigurationRequest(issuer).toHTTPRequest();
    String document = calls.ask(provider, LoginCall.DISCOVER, request, Optional.empty()).text();
    OIDCProviderMetadata metadata;
    Optional<IssuerTemplate> template;
    try {
      JSONObject json = JSONObjectUtils.parse(document);
      // Both are required by the standard, and some providers omit them.
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

  /** The previous source with its cache, unless the URL has changed. */
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
          calls.ask(provider, LoginCall.FETCH_KEYS, request, Optional.empty()).text(),
          "application/json");
    } catch (CallFailedException e) {
      // Nimbus' outage tolerance expects an IOException.
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
