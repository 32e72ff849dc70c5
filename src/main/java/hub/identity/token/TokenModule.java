package hub.identity.token;

import hub.config.Setting;
import hub.config.Settings;
import hub.db.Database;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceSupport;

/** Puts the token vault into a Camel context. */
public final class TokenModule {
  private TokenModule() {}

  /**
   * Binds {@code tokens} and {@code revokeToken}, and serves {@code /api/auth/tokens}.
   *
   * @throws IllegalArgumentException when a key of {@code HUB_ENCRYPTION_KEYS} is wrong
   */
  public static TokenVault install(CamelContext context, Settings settings, Database database)
      throws Exception {
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
            new StoredRevocations(context, tokenCodec),
            Clock.systemUTC(),
            VaultLimits.of(settings),
            settings.count(Setting.CALL_CONCURRENT));
    context.getRegistry().bind("tokens", vault);
    context
        .getRegistry()
        .bind(
            "revokeToken",
            new RevokeToken(tokenCodec, () -> TokenRefresher.required(endpoint(context))));
    context.addRoutes(new TokensApi(vault, new KeyRotation(table, tokenCodec)));
    // Ends after the routes and before the database.
    context.addService(
        new ServiceSupport() {
          @Override
          protected void doStop() {
            vault.close();
          }
        });
    return vault;
  }

  /** The login's, which comes after the vault that it needs. */
  private static Optional<TokenEndpoint> endpoint(CamelContext context) {
    return Optional.ofNullable(
        context.getRegistry().lookupByNameAndType("tokenEndpoint", TokenEndpoint.class));
  }

  static TokenVault vault(
      TokenTable table,
      TokenCodec tokenCodec,
      Supplier<Optional<TokenEndpoint>> endpoint,
      RevokeLater later,
      Clock clock,
      VaultLimits limits,
      int concurrent) {
    ProviderThreads providerThreads = new ProviderThreads(concurrent);
    TokenRefresher tokenRefresher =
        new TokenRefresher(
            table,
            tokenCodec,
            endpoint,
            later,
            providerThreads.timer(),
            clock,
            limits.lease(),
            limits.total());
    return new TokenVault(table, tokenCodec, tokenRefresher, providerThreads, clock, limits);
  }
}
