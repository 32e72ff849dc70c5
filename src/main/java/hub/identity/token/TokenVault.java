package hub.identity.token;

import hub.call.http.AccessTokens;
import hub.db.StoreUnavailableException;
import hub.http.problem.ProblemException;
import hub.util.step.FutureStep;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the tokens of people who logged in, encrypted, and supplies access tokens that are
 * refreshed before they expire. In the registry as {@code tokens}, so that a route may call {@code
 * tokens.accessToken(provider, subject)}. Thread-safe.
 */
public final class TokenVault implements AccessTokens, TokenStore, AutoCloseable {
  /** Name in the registry. */
  public static final String BEAN = "tokens";

  private static final Logger LOG = LoggerFactory.getLogger(TokenVault.class);

  /** Attempts to change a row that other writers change at the same time. */
  private static final int ATTEMPTS = 20;

  private final TokenTable table;
  private final TokenCodec tokenCodec;
  private final TokenRefresher tokenRefresher;
  private final TokenRevoker revoker;
  private final ProviderThreads providerThreads;
  private final Clock clock;
  private final VaultLimits limits;

  /** The running refreshes of this process, so that concurrent requests share one. */
  private final Map<TokenOwner, CompletableFuture<AccessToken>> running = new ConcurrentHashMap<>();

  TokenVault(
      TokenTable table,
      TokenCodec tokenCodec,
      TokenRefresher tokenRefresher,
      TokenRevoker revoker,
      ProviderThreads providerThreads,
      Clock clock,
      VaultLimits limits) {
    this.table = table;
    this.tokenCodec = tokenCodec;
    this.tokenRefresher = tokenRefresher;
    this.revoker = revoker;
    this.providerThreads = providerThreads;
    this.clock = clock;
    this.limits = limits;
  }

  /**
   * @throws ProblemException 404 {@code person-unknown} or 409 {@code login-required} when the
   *     person has to log in; 404 {@code provider-unknown} or 503 {@code not-configured} when
   *     nobody can log in at the provider; 503 or 504 when the provider does not serve and the
   *     stored token has expired
   * @throws StoreUnavailableException when the database is away
   */
  @Override
  public String accessToken(String provider, String subject) {
    return await(current(new TokenOwner(provider, subject))).value();
  }

  @Override
  public CompletableFuture<String> accessTokenLater(String provider, String subject) {
    return current(new TokenOwner(provider, subject)).thenApply(AccessToken::value);
  }

  /** An access token, refreshed if it expires soon; fails as {@link #accessToken} does. */
  CompletableFuture<AccessToken> current(TokenOwner owner) {
    try {
      TokenRow row = row(owner);
      // First: a row that somebody has changed is refused, also when its token has expired.
      AccessToken held = tokenCodec.decryptAccessToken(row);
      Instant now = clock.instant();
      if (!row.isDue(now) || (row.encryptedRefreshToken().isEmpty() && !row.isExpired(now))) {
        return CompletableFuture.completedFuture(held);
      }
      if (row.encryptedRefreshToken().isEmpty()) {
        throw NoTokenException.loginRequired(owner);
      }
      CompletableFuture<AccessToken> fresh = refresh(row).copy();
      return row.isExpired(now) ? inTime(fresh, owner) : freshOrHeld(fresh, held, row);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** An access token that the provider issues after this call. */
  CompletableFuture<AccessToken> renewed(TokenOwner owner) {
    try {
      return inTime(refresh(row(owner)).copy(), owner);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** A lease for one refresh. */
  RefreshLease lease() {
    return new RefreshLease(table, providerThreads.timer(), limits.lease());
  }

  private TokenRow row(TokenOwner owner) {
    TokenRow row = table.find(owner).orElseThrow(() -> tokenRefresher.absence(owner));
    if (row.loginRequired()) {
      throw NoTokenException.loginRequired(owner);
    }
    return row;
  }

  private CompletableFuture<AccessToken> inTime(
      CompletableFuture<AccessToken> fresh, TokenOwner owner) {
    return fresh
        .orTimeout(limits.total().toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            error -> {
              Throwable cause = FutureStep.unwrap(error);
              throw cause instanceof TimeoutException
                  ? TokenRefresher.timedOut(owner)
                  : new CompletionException(cause);
            });
  }

  /** The stored token is used while it is valid and the provider is slow or away. */
  private CompletableFuture<AccessToken> freshOrHeld(
      CompletableFuture<AccessToken> fresh, AccessToken held, TokenRow row) {
    return fresh
        .completeOnTimeout(held, limits.patience().toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            error -> {
              Throwable cause = FutureStep.unwrap(error);
              if (cause instanceof NoTokenException || row.isExpired(clock.instant())) {
                throw new CompletionException(cause);
              }
              return held;
            });
  }

  /** Joins the running refresh of the person's token, or begins one. */
  private CompletableFuture<AccessToken> refresh(TokenRow seen) {
    TokenOwner owner = seen.owner();
    CompletableFuture<AccessToken> mine = new CompletableFuture<>();
    CompletableFuture<AccessToken> others = running.putIfAbsent(owner, mine);
    if (others != null) {
      return others;
    }
    try {
      providerThreads.of(owner.provider()).execute(() -> runRefresh(seen, mine));
    } catch (RejectedExecutionException e) {
      running.remove(owner, mine);
      mine.completeExceptionally(new StoreUnavailableException("the hub is stopping", e));
    }
    return mine;
  }

  private void runRefresh(TokenRow seen, CompletableFuture<AccessToken> mine) {
    AccessToken fresh = null;
    Throwable failure = null;
    try {
      fresh = tokenRefresher.refresh(seen.version(), seen.owner());
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    // Before completing: a later request needs a refresh of its own.
    running.remove(seen.owner(), mine);
    if (failure == null) {
      mine.complete(fresh);
    } else {
      mine.completeExceptionally(failure);
    }
  }

  /**
   * Stores the tokens of a login. A login without a refresh token keeps that of an earlier login,
   * because some providers issue it only once.
   *
   * @throws IllegalArgumentException when provider or subject is empty, longer than 64 or 255
   *     characters, or not encodable
   * @throws StoreUnavailableException when the database is away
   */
  @Override
  public void store(String provider, String subject, TokenSet tokens) {
    TokenOwner owner = new TokenOwner(provider, subject);
    if (!owner.isStorable()) {
      throw new IllegalArgumentException(
          "provider and subject must be texts of at most 64 and 255 characters: " + owner);
    }
    for (int i = 0; i < ATTEMPTS; i++) {
      Optional<TokenRow> before = table.find(owner);
      TokenRow row =
          tokenCodec.encrypt(
              owner,
              tokens,
              tokens.refreshToken().or(() -> before.flatMap(this::usableRefreshToken)),
              clock.instant());
      if (before.isPresent() ? table.replace(before.get().version(), row) : table.insert(row)) {
        LOG.info("token={} outcome=stored", owner);
        return;
      }
    }
    throw new StoreUnavailableException(
        "the tokens of " + owner + " change too fast to be replaced");
  }

  private Optional<String> usableRefreshToken(TokenRow row) {
    if (row.loginRequired()) {
      return Optional.empty();
    }
    try {
      return tokenCodec.decryptRefreshToken(row);
    } catch (UnreadableTokenException | ProblemException e) {
      LOG.warn(
          "token={} outcome=refresh-token-dropped of an earlier login: {}",
          row.owner(),
          e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Deletes a person's tokens and revokes them at the provider, later if it is away. Does nothing
   * for an unknown person.
   *
   * @throws StoreUnavailableException when the database is away
   */
  @Override
  public void forget(String provider, String subject) {
    forget(new TokenOwner(provider, subject));
  }

  /** As {@link #forget(String, String)}; false when there were no tokens. */
  boolean forget(TokenOwner owner) {
    for (int i = 0; i < ATTEMPTS; i++) {
      Optional<TokenRow> row = table.find(owner);
      if (row.isEmpty()) {
        return i > 0;
      }
      revoke(row.get());
      if (table.delete(row.get())) {
        LOG.info("token={} outcome=forgotten", owner);
        return true;
      }
    }
    throw new StoreUnavailableException(
        "the tokens of " + owner + " change too fast to be deleted");
  }

  /** Revokes the refresh token if there is one, which ends the whole grant (RFC 7009). */
  private void revoke(TokenRow row) {
    try {
      revoker.revoke(
          row.owner(),
          tokenCodec
              .decryptRefreshToken(row)
              .orElseGet(() -> tokenCodec.decryptAccessToken(row).value()));
    } catch (UnreadableTokenException | ProblemException e) {
      LOG.warn("token={} outcome=not-revoked error={}", row.owner(), e.getMessage());
    }
  }

  /** As {@link #forget(TokenOwner)}, on a thread that may wait for the provider. */
  CompletableFuture<Boolean> forgotten(TokenOwner owner) {
    try {
      if (table.find(owner).isEmpty()) {
        return CompletableFuture.completedFuture(false);
      }
      return CompletableFuture.supplyAsync(
          () -> forget(owner), providerThreads.of(owner.provider()));
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new StoreUnavailableException("the hub is stopping", e));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (FutureStep.unwrap(e) instanceof RuntimeException known) {
        throw known;
      }
      throw e;
    }
  }

  /** Waits some seconds for running refreshes: a provider may have issued tokens already. */
  @Override
  public void close() {
    providerThreads.stop(limits.grace(), tokenRefresher::close);
  }
}
