package hub.catchup;

import hub.call.http.AccessTokens;
import hub.call.policy.Credentials;
import hub.config.Settings;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;

/**
 * Makes what a provider could not deliver of the parameters of {@code catch-up-source}: {@code
 * baseUrl}, {@code path}, {@code headers}, {@code auth} and so on.
 */
record UndeliveredFactory(CamelContext context, Settings settings, Map<String, String> options) {
  private static final String GITHUB_API = "https://api.github.com";

  /**
   * @throws IllegalArgumentException for an unknown provider or parameters that cannot be
   */
  Undelivered make(String provider, CatchUp catchUp) {
    return switch (provider) {
      case StripeEvents.NAME ->
          new StripeEvents(
              catchUp.source(),
              catchUp::types,
              new ProviderCalls(context),
              catchUp.reader(),
              settings);
      case GithubDeliveries.NAME ->
          new GithubDeliveries(
              catchUp.source(),
              catchUp::types,
              new ProviderCalls(context),
              catchUp.reader(),
              access(option("baseUrl").isEmpty() ? githubApi() : option("baseUrl"), "bearer"));
      default ->
          throw new IllegalArgumentException(
              "provider: '" + provider + "' is not one of stripe, github");
    };
  }

  private String githubApi() {
    return settings.named("GITHUB_API_BASE").orElse(GITHUB_API);
  }

  private ApiAccess access(String baseUrl, String usualAuth) {
    URI uri = URI.create(baseUrl);
    if (uri.getHost() == null
        || !("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
      throw new IllegalArgumentException("baseUrl: '" + baseUrl + "' is no http or https address");
    }
    Credentials credentials = Credentials.of(option("auth").isEmpty() ? usualAuth : option("auth"));
    boolean isSecret = credentials != Credentials.NONE && credentials != Credentials.OAUTH;
    if (isSecret && option("secret").isEmpty()) {
      throw new IllegalArgumentException(
          "auth needs 'secret', the name of the property or variable that holds it");
    }
    String path = option("path").replaceFirst("/+$", "");
    return new ApiAccess(
        baseUrl.replaceFirst("/+$", ""),
        path.isEmpty() || path.startsWith("/") ? path : "/" + path,
        headers(),
        credentials,
        option("secret"),
        option("authHeader").isEmpty() ? "X-Api-Key" : option("authHeader"),
        option("loginProvider"),
        option("authSubject"),
        number("ratePerSecond"),
        settings,
        () -> context.getRegistry().findSingleByType(AccessTokens.class));
  }

  private Map<String, String> headers() {
    Map<String, String> read = new LinkedHashMap<>();
    for (String line : option("headers").replaceAll("(?i)(%0D)?%0A", "\n").split("\n")) {
      if (!line.isBlank()) {
        String[] parts = line.split(":", 2);
        if (parts.length != 2) {
          throw new IllegalArgumentException("headers: '" + line + "' is not 'Name: value'");
        }
        read.put(parts[0].strip(), parts[1].strip());
      }
    }
    return read;
  }

  private int number(String name) {
    try {
      return option(name).isEmpty() ? 0 : Integer.parseInt(option(name));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + ": '" + option(name) + "' is not a whole number", e);
    }
  }

  private String option(String name) {
    return Optional.ofNullable(options.get(name)).orElse("").strip();
  }
}
