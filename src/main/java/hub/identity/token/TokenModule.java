package hub.identity.token;

import hub.call.http.ApplicationTokens;
import hub.config.Setting;
import hub.config.Settings;
import hub.db.Database;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceSupport;

/** Adds the token vault to a Camel context. */
public final class TokenModule {
  private TokenModule() {}

  /**
   * Binds {@code tokens} and {@code revokeToken}, and serves {@code /api/auth/tokens}.
   *
   * @throws IllegalArgumentException when a key of {@code HUB_ENCRYPTION_KEYS} is wrong
   */
  public static TokenVault install(
      CamelContext context, Settings settings, Database database, Clock clock) throws Exception {
    AtomicReference<TokenCipher> cipher =
        new AtomicReference<>(new TokenCipher(EncryptionKeys.open(settings)));
    TokenTable table = new TokenTable(database);
    table.releaseAll();
    TokenCodec tokenCodec = new TokenCodec(cipher::get);
    settings.whenChanged(
        Setting.ENCRYPTION_KEYS,
        value -> {
          TokenCipher next = cipher.get().followedBy(value, settings, table.countKeys());
          return () -> cipher.set(next);
        });
    TokenVault vault =
        vault(
            table,
            tokenCodec,
            () -> endpoint(context),
            new InboxRevocationQueue(context, tokenCodec),
            new InboxTokenDeaths(context, table),
            clock,
            VaultLimits.of(settings),
            settings.count(Setting.CALL_CONCURRENT));
    context.getRegistry().bind(TokenVault.BEAN, vault);
    context
        .getRegistry()
        .bind(
            ApplicationTokens.BEAN,
            new ApplicationTokenVault(table, tokenCodec, vault::lease, clock));
    context
        .getRegistry()
        .bind("revokeToken", new RevokeToken(tokenCodec, () -> required(endpoint(context))));
    context.addRoutes(new TokenKeepAlive(vault, table, () -> endpoint(context), clock));
    context.addRoutes(new TokensApi(vault, new KeyRotation(table, tokenCodec), table));
    // Stops after the routes and before the database.
    context.addService(
        new ServiceSupport() {
          @Override
          protected void doStop() {
            vault.close();
          }
        });
    return vault;
  }

  /** Looked up at each use: the login, which binds it, is installed after the vault. */
  private static Optional<TokenEndpoint> endpoint(CamelContext context) {
    return Optional.ofNullable(
        context.getRegistry().lookupByNameAndType(TokenEndpoint.BEAN, TokenEndpoint.class));
  }

  static TokenVault vault(
      TokenTable table,
      TokenCodec tokenCodec,
      Supplier<Optional<TokenEndpoint>> endpoint,
      RevocationQueue revocations,
      TokenDeaths deaths,
      Clock clock,
      VaultLimits limits,
      int concurrent) {
    Supplier<TokenEndpoint> required = () -> required(endpoint.get());
    ProviderThreads providerThreads = new ProviderThreads(concurrent);
    TokenRevoker revoker = new TokenRevoker(required, revocations);
    TokenRefresher tokenRefresher =
        new TokenRefresher(
            table,
            tokenCodec,
            required,
            revoker,
            () -> new RefreshLease(table, providerThreads.timer(), limits.lease()),
            deaths,
            clock,
            limits.total());
    return new TokenVault(
        table, tokenCodec, tokenRefresher, revoker, providerThreads, clock, limits);
  }

  private static TokenEndpoint required(Optional<TokenEndpoint> endpoint) {
    return endpoint.orElseThrow(
        () ->
            new ProblemException(
                Problem.of(
                    503,
                    "not-configured",
                    "No login provider is configured; add one to routes/login/providers.yaml.")));
  }
}
