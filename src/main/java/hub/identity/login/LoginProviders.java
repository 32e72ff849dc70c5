package hub.identity.login;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The login providers and their endpoints. Thread-safe. */
final class LoginProviders {
  private final LoginCalls calls;
  private final Clock clock;
  private volatile Map<String, LoginProvider> providers = Map.of();
  private volatile Map<String, Discovery> discoveries = Map.of();

  LoginProviders(Map<String, LoginProvider> providers, LoginCalls calls, Clock clock) {
    this.calls = calls;
    this.clock = clock;
    replace(providers);
  }

  /** Other providers than before, with new discoveries. */
  void replace(Map<String, LoginProvider> others) {
    Map<String, Discovery> found = new LinkedHashMap<>();
    others.values().stream()
        .filter(provider -> provider.issuer().isPresent())
        .forEach(provider -> found.put(provider.name(), new Discovery(provider, calls, clock)));
    discoveries = found;
    providers = others;
  }

  /**
   * The configured provider of this name.
   *
   * @throws ProblemException 404 {@code provider-unknown}, 503 {@code not-configured}
   */
  LoginProvider named(String name) {
    LoginProvider provider =
        find(name)
            .orElseThrow(
                () ->
                    new ProblemException(
                        Problem.of(
                            404,
                            "provider-unknown",
                            "routes/login/providers.yaml has no provider of this name.")));
    provider.require();
    return provider;
  }

  /** The configured providers that forget unused refresh tokens, and after what time. */
  Map<String, Duration> refreshWithin() {
    Map<String, Duration> times = new LinkedHashMap<>();
    for (LoginProvider provider : providers.values()) {
      if (provider.missing().isEmpty()) {
        provider.refreshWithin().ifPresent(time -> times.put(provider.name(), time));
      }
    }
    return times;
  }

  /** The provider of this name, configured or not. */
  Optional<LoginProvider> find(String name) {
    return Optional.ofNullable(providers.get(name));
  }

  /**
   * The endpoints of a provider, without blocking the caller's thread.
   *
   * @param threads runs the discovery, when that is needed
   * @return fails as {@link #endpoints} does
   */
  CompletableFuture<Endpoints> endpointsAsync(LoginProvider provider, Executor threads) {
    Discovery discovery = discoveries.get(provider.name());
    return discovery == null
        ? CompletableFuture.completedFuture(Endpoints.of(provider))
        : discovery.endpointsAsync(threads);
  }

  /**
   * The endpoints of a provider.
   *
   * @throws hub.call.policy.CallFailedException when the discovery fails
   */
  Endpoints endpoints(LoginProvider provider) {
    Discovery discovery = discoveries.get(provider.name());
    return discovery == null ? Endpoints.of(provider) : discovery.endpoints();
  }
}
