package hub.identity.login;

import hub.config.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The OpenID providers at which people log in, for a check of their discovery documents. */
public final class LoginIssuers {
  private LoginIssuers() {}

  /**
   * The issuers of the configured providers, by the provider's name.
   *
   * @param routesDir the folder of routes
   * @throws IllegalArgumentException for a fault of the file; the lint reports all
   */
  public static Map<String, String> of(Path routesDir, Settings settings) {
    Map<String, String> issuers = new LinkedHashMap<>();
    ProvidersFile.read(routesDir.resolve("login/providers.yaml"), settings)
        .forEach(
            (name, provider) -> {
              if (provider.missing().isEmpty() && !provider.clientId().isEmpty()) {
                provider.issuer().ifPresent(issuer -> issuers.put(name, issuer));
              }
            });
    return issuers;
  }

  /** Whether a discovery document that names this issuer is that of the configured one. */
  public static boolean isOf(String named, String configured) {
    return named.equals(configured) || IssuerTemplate.of(named, configured).isPresent();
  }
}
