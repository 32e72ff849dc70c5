package hub.identity.token;

import hub.call.http.AccessTokens;
import hub.db.StoreUnavailableException;
import hub.http.problem.ProblemException;
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
 * Keeps the tokens of people who logged in, encrypted, and gives out access tokens that are valid
 * for some time yet. In the registry as {@code tokens}, so that a route may call {@code
 * tokens.accessToken(provider, subject)}. Thread-safe.
 */
public final class TokenVault implements AccessTokens, TokenStore, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TokenVault.class);

  /** A row that changes this often between a look and a write is not left alone by somebody. */
  private static final int TRIES = 20;

  private final TokenTable table;
  private final TokenCodec tokenCodec;
  private final TokenRefresher tokenRefresher;
  private final ProviderThreads providerThreads;
  private final Clock clock;
  private final VaultLimits limits;

  /** The refreshes under way in this process: whoever wants one more waits for the same. */
  private final Map<TokenOwner, CompletableFuture<AccessToken>> underWay =
      new ConcurrentHashMap<>();

  TokenVault(
      TokenTable table,
      TokenCodec tokenCodec,
      TokenRefresher tokenRefresher,
      ProviderThreads providerThreads,
      Clock clock,
      VaultLimits limits) {
    this.table = table;
    this.tokenCodec = tokenCodec;
    this.tokenRefresher = tokenRefresher;
    this.providerThreads = providerThreads;
    this.clock = clock;
    this.limits = limits;
  }

  /**
   * @throws ProblemException 404 {@code person-unknown} or 409 {@code login-required} when there is
   *     none to be had; 404 {@code provider-unknown} or 503 {@code not-configured} when nobody can
   *     log in there; 503 or 504 when the provider does not serve and the old one has ended
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

  /** A token that is valid for some time yet; fails as {@link #accessToken} does. */
  CompletableFuture<AccessToken> current(TokenOwner tokenOwner) {
    try {
      TokenRow row = row(tokenOwner);
      AccessToken held = tokenCodec.open(row);
      Instant now = clock.instant();
      if (!row.isDue(now) || (row.refreshToken().isEmpty() && !row.isExpired(now))) {
        return CompletableFuture.completedFuture(held);
      }
      if (row.refreshToken().isEmpty()) {
        throw NoTokenException.loginRequired(tokenOwner);
      }
      CompletableFuture<AccessToken> fresh = after(row).copy();
      return row.isExpired(now) ? inTime(fresh, tokenOwner) : orElse(held, fresh, row);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** A token that the provider gives now, or has given since this was called. */
  CompletableFuture<AccessToken> renewed(TokenOwner tokenOwner) {
    try {
      return inTime(after(row(tokenOwner)).copy(), tokenOwner);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private TokenRow row(TokenOwner tokenOwner) {
    TokenRow row = table.find(tokenOwner).orElseThrow(() -> tokenRefresher.absence(tokenOwner));
    if (row.loginRequired()) {
      throw NoTokenException.loginRequired(tokenOwner);
    }
    return row;
  }

  private CompletableFuture<AccessToken> inTime(
      CompletableFuture<AccessToken> fresh, TokenOwner tokenOwner) {
    return fresh
        .orTimeout(limits.total().toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            error -> {
              Throwable cause = unwrapped(error);
              throw cause instanceof TimeoutException
                  ? TokenRefresher.tooLong(tokenOwner)
                  : new CompletionException(cause);
            });
  }

  /** The old token serves while it is valid and the provider does not. */
  private CompletableFuture<AccessToken> orElse(
      AccessToken held, CompletableFuture<AccessToken> fresh, TokenRow row) {
    return fresh
        .completeOnTimeout(held, limits.patience().toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            error -> {
              Throwable cause = unwrapped(error);
              if (cause instanceof NoTokenException || row.isExpired(clock.instant())) {
                throw new CompletionException(cause);
              }
              return held;
            });
  }

  private CompletableFuture<AccessToken> after(TokenRow seen) {
    TokenOwner tokenOwner = seen.person();
    CompletableFuture<AccessToken> mine = new CompletableFuture<>();
    CompletableFuture<AccessToken> others = underWay.putIfAbsent(tokenOwner, mine);
    if (others != null) {
      return others;
    }
    try {
      providerThreads.of(tokenOwner.provider()).execute(() -> fetch(seen, mine));
    } catch (RejectedExecutionException e) {
      underWay.remove(tokenOwner, mine);
      mine.completeExceptionally(new StoreUnavailableException("the hub is stopping", e));
    }
    return mine;
  }

  private void fetch(TokenRow seen, CompletableFuture<AccessToken> mine) {
    AccessToken fresh = null;
    Throwable failure = null;
    try {
      fresh = tokenRefresher.after(seen.version(), seen.person());
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    // Whoever comes from now on must not get what is on its way to others already.
    underWay.remove(seen.person(), mine);
    if (failure == null) {
      mine.complete(fresh);
    } else {
      mine.completeExceptionally(failure);
    }
  }

  /**
   * Keeps what a login gave. A login without a refresh token keeps the one of an earlier login, as
   * providers that give it only once expect.
   *
   * @throws IllegalArgumentException when provider or subject are longer than 64 or 255 characters,
   *     or no text
   * @throws StoreUnavailableException when the database is away
   */
  @Override
  public void store(String provider, String subject, TokenSet tokens) {
    TokenOwner tokenOwner = new TokenOwner(provider, subject);
    if (!tokenOwner.isPossible()) {
      throw new IllegalArgumentException(
          "provider and subject must be texts of at most 64 and 255 characters: " + tokenOwner);
    }
    for (int i = 0; i < TRIES; i++) {
      Optional<TokenRow> before = table.find(tokenOwner);
      TokenRow row =
          tokenCodec.seal(
              tokenOwner,
              tokens,
              tokens.refreshToken().or(() -> before.flatMap(this::usableRefreshToken)),
              clock.instant());
      if (before.isPresent() ? table.replace(before.get().version(), row) : table.insert(row)) {
        LOG.info("token={} outcome=stored", tokenOwner);
        return;
      }
    }
    throw new StoreUnavailableException(
        "the tokens of " + tokenOwner + " change too fast to be replaced");
  }

  private Optional<String> usableRefreshToken(TokenRow row) {
    if (row.loginRequired()) {
      return Optional.empty();
    }
    try {
      return tokenCodec.openRefresh(row);
    } catch (UnreadableTokenException | ProblemException e) {
      LOG.warn("token={} refresh token of an earlier login is dropped: {}", row, e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Revokes a person's tokens at the provider, where it offers that, later when it is away, and
   * deletes them whatever it says. Does nothing for a person who is not known.
   *
   * @throws StoreUnavailableException when the database is away
   */
  @Override
  public void forget(String provider, String subject) {
    forget(new TokenOwner(provider, subject));
  }

  /** Whether there were any. */
  boolean forget(TokenOwner tokenOwner) {
    for (int i = 0; i < TRIES; i++) {
      Optional<TokenRow> row = table.find(tokenOwner);
      if (row.isEmpty()) {
        return i > 0;
      }
      revoke(row.get());
      if (table.delete(row.get())) {
        LOG.info("token={} outcome=forgotten", tokenOwner);
        return true;
      }
    }
    throw new StoreUnavailableException(
        "the tokens of " + tokenOwner + " change too fast to be deleted");
  }

  /** The refresh token stands for the whole grant (RFC 7009). */
  private void revoke(TokenRow row) {
    try {
      tokenRefresher.revoke(
          row.person(), tokenCodec.openRefresh(row).orElseGet(() -> tokenCodec.open(row).value()));
    } catch (UnreadableTokenException | ProblemException e) {
      LOG.warn("token={} outcome=not-revoked error={}", row.person(), e.getMessage());
    }
  }

  /** The same in a thread that may wait for the provider. */
  CompletableFuture<Boolean> forgotten(TokenOwner tokenOwner) {
    try {
      if (table.find(tokenOwner).isEmpty()) {
        return CompletableFuture.completedFuture(false);
      }
      return CompletableFuture.supplyAsync(
          () -> forget(tokenOwner), providerThreads.of(tokenOwner.provider()));
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
      if (unwrapped(e) instanceof RuntimeException known) {
        throw known;
      }
      throw e;
    }
  }

  static Throwable unwrapped(Throwable error) {
    Throwable cause = error;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Lets refreshes that are under way end, for some seconds: a provider may have answered. */
  @Override
  public void close() {
    providerThreads.finish(limits.grace(), tokenRefresher::close);
  }
}
