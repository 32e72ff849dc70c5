package hub.identity.login;

import hub.call.http.BoundedHttpClient;
import hub.config.Setting;
import hub.config.Settings;
import hub.db.Database;
import hub.identity.session.PublicUrl;
import hub.identity.session.Sessions;
import hub.identity.token.TokenEndpoint;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;

/** Adds the login to a Camel context. */
public final class LoginModule {
  /** Name in the registry of the titles of the configured providers by their names. */
  public static final String LOGINS_BEAN = "logins";

  private static final String PROVIDERS = "login/providers.yaml";

  /** Limit of a provider's answer; the longest are key sets. */
  private static final int ANSWER_MAX_BYTES = 1 << 20;

  private LoginModule() {}

  /**
   * Binds {@code sessions}, {@code tokenEndpoint} and {@code logins}, the titles of the configured
   * providers by their names, and adds the routes of {@code /api/auth}.
   *
   * @param routesFolder the folder that contains {@code login/providers.yaml}; empty: no providers
   */
  public static void install(
      CamelContext context,
      Settings settings,
      Database database,
      Optional<Path> routesFolder,
      Clock clock)
      throws Exception {
    String publicUrl = settings.text(Setting.PUBLIC_URL);
    Map<String, LoginProvider> known =
        routesFolder
            .map(folder -> ProvidersFile.read(folder.resolve(PROVIDERS), settings))
            .orElse(Map.of());
    LoginCalls calls =
        new LoginCalls(
            known.values(),
            BoundedHttpClient.of(
                context,
                Duration.ofSeconds(settings.count(Setting.CALL_CONNECT_SECONDS)),
                ANSWER_MAX_BYTES,
                clock));
    LoginProviders providers = new LoginProviders(known, calls, clock);
    routesFolder.ifPresent(
        folder ->
            context
                .getRegistry()
                .bind(
                    LoginReload.BEAN,
                    new LoginReload(folder.resolve(PROVIDERS), settings, calls, providers)));
    Sessions sessions = new Sessions(database, settings, clock);
    LoginAttempts attempts = new LoginAttempts(database, clock);
    context.getRegistry().bind(Sessions.BEAN, sessions);
    context
        .getRegistry()
        .bind(
            LOGINS_BEAN,
            known.values().stream()
                .filter(provider -> provider.missing().isEmpty())
                .collect(Collectors.toMap(LoginProvider::name, LoginProvider::title)));
    context.getRegistry().bind(TokenEndpoint.BEAN, new LoginTokenEndpoint(providers, calls, clock));
    context.addRoutes(calls);
    context.addRoutes(
        new LoginApi(
            new Login(
                providers,
                calls,
                new PublicUrl(publicUrl),
                Duration.ofSeconds(settings.count(Setting.CALL_TOTAL_SECONDS)),
                clock),
            providers,
            attempts,
            sessions,
            new LoginLimiter(clock),
            publicUrl));
    context.addRoutes(new LoginExpiry(sessions, attempts));
  }
}
