package hub.identity.login;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The providers that people may log in with, and where each is asked what. Thread-safe. */
final class LoginProviders {
  private final Map<String, LoginProvider> providers;
  private final Map<String, Discovery> discoveries = new LinkedHashMap<>();

  LoginProviders(Map<String, LoginProvider> providers, LoginCalls calls, Clock clock) {
    this.providers = providers;
    providers.values().stream()
        .filter(provider -> provider.issuer().isPresent())
        .forEach(
            provider -> discoveries.put(provider.name(), new Discovery(provider, calls, clock)));
  }

  /**
   * The provider of this name, ready to be asked.
   *
   * @throws ProblemException 404 {@code provider-unknown}, 503 {@code not-configured}
   */
  LoginProvider named(String name) {
    LoginProvider provider =
        known(name)
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

  /** The provider of this name, whether it is configured or not. */
  Optional<LoginProvider> known(String name) {
    return Optional.ofNullable(providers.get(name));
  }

  /**
   * Where a provider is asked what, without holding a thread until it tells.
   *
   * @param threads one of which asks, when that is needed
   * @return fails as {@link #endpoints} does
   */
  CompletableFuture<Endpoints> endpointsLater(LoginProvider provider, Executor threads) {
    Discovery discovery = discoveries.get(provider.name());
    return discovery == null
        ? CompletableFuture.completedFuture(Endpoints.of(provider))
        : discovery.later(threads);
  }

  /**
   * @throws hub.call.policy.CallFailedException when the provider does not tell
   */
  Endpoints endpoints(LoginProvider provider) {
    Discovery discovery = discoveries.get(provider.name());
    return discovery == null ? Endpoints.of(provider) : discovery.endpoints();
  }
}
