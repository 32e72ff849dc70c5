package hub.tokens;

import hub.settings.Setting;
import hub.settings.Settings;
import hub.store.Database;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceSupport;

/** Puts the token vault into a Camel context. */
public final class TokenParts {
  private TokenParts() {}

  /**
   * Binds {@code tokens} and {@code revokeToken}, and serves {@code /api/auth/tokens}.
   *
   * @throws IllegalArgumentException when a key of {@code HUB_ENCRYPTION_KEYS} is wrong
   */
  public static TokenVault addTo(CamelContext context, Settings settings, Database database)
      throws Exception {
    AtomicReference<TokenCipher> cipher =
        new AtomicReference<>(new TokenCipher(EncryptionKeys.open(settings)));
    TokenTable table = new TokenTable(database);
    table.releaseAll();
    Sealing sealing = new Sealing(cipher::get);
    settings.whenChanged(
        Setting.ENCRYPTION_KEYS,
        value -> {
          TokenCipher next = cipher.get().followedBy(value, settings, table.countKeys());
          return () -> cipher.set(next);
        });
    TokenVault vault =
        vault(
            table,
            sealing,
            () -> endpoint(context),
            new StoredRevocations(context, sealing),
            Clock.systemUTC(),
            VaultLimits.of(settings),
            settings.count(Setting.CALL_CONCURRENT));
    context.getRegistry().bind("tokens", vault);
    context
        .getRegistry()
        .bind("revokeToken", new RevokeToken(sealing, () -> Refresh.required(endpoint(context))));
    context.addRoutes(new TokensApi(vault, new KeyRotation(table, sealing)));
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
      Sealing sealing,
      Supplier<Optional<TokenEndpoint>> endpoint,
      RevokeLater later,
      Clock clock,
      VaultLimits limits,
      int concurrent) {
    Threads threads = new Threads(concurrent);
    Refresh refresh =
        new Refresh(
            table,
            sealing,
            endpoint,
            later,
            threads.timer(),
            clock,
            limits.lease(),
            limits.total());
    return new TokenVault(table, sealing, refresh, threads, clock, limits);
  }
}
