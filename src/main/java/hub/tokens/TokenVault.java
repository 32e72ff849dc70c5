package hub.tokens;

import hub.outbound.AccessTokens;
import hub.problem.ProblemException;
import hub.store.StoreUnavailable;
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
  private final Sealing sealing;
  private final Refresh refresh;
  private final Threads threads;
  private final Clock clock;
  private final VaultLimits limits;

  /** The refreshes under way in this process: whoever wants one more waits for the same. */
  private final Map<Person, CompletableFuture<AccessToken>> underWay = new ConcurrentHashMap<>();

  TokenVault(
      TokenTable table,
      Sealing sealing,
      Refresh refresh,
      Threads threads,
      Clock clock,
      VaultLimits limits) {
    this.table = table;
    this.sealing = sealing;
    this.refresh = refresh;
    this.threads = threads;
    this.clock = clock;
    this.limits = limits;
  }

  /**
   * @throws ProblemException 404 {@code person-unknown} or 409 {@code login-required} when there is
   *     none to be had; 404 {@code provider-unknown} or 503 {@code not-configured} when nobody can
   *     log in there; 503 or 504 when the provider does not serve and the old one has ended
   * @throws StoreUnavailable when the database is away
   */
  @Override
  public String accessToken(String provider, String subject) {
    return await(current(new Person(provider, subject))).value();
  }

  @Override
  public CompletableFuture<String> accessTokenLater(String provider, String subject) {
    return current(new Person(provider, subject)).thenApply(AccessToken::value);
  }

  /** A token that is valid for some time yet; fails as {@link #accessToken} does. */
  CompletableFuture<AccessToken> current(Person person) {
    try {
      StoredTokens row = row(person);
      AccessToken held = sealing.open(row);
      Instant now = clock.instant();
      if (!row.isDue(now) || (row.refreshToken().isEmpty() && !row.isExpired(now))) {
        return CompletableFuture.completedFuture(held);
      }
      if (row.refreshToken().isEmpty()) {
        throw NoToken.loginRequired(person);
      }
      CompletableFuture<AccessToken> fresh = after(row).copy();
      return row.isExpired(now) ? inTime(fresh, person) : orElse(held, fresh, row);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** A token that the provider gives now, or has given since this was called. */
  CompletableFuture<AccessToken> renewed(Person person) {
    try {
      return inTime(after(row(person)).copy(), person);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private StoredTokens row(Person person) {
    StoredTokens row = table.find(person).orElseThrow(() -> refresh.absence(person));
    if (row.loginRequired()) {
      throw NoToken.loginRequired(person);
    }
    return row;
  }

  private CompletableFuture<AccessToken> inTime(
      CompletableFuture<AccessToken> fresh, Person person) {
    return fresh
        .orTimeout(limits.total().toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            error -> {
              Throwable cause = unwrapped(error);
              throw cause instanceof TimeoutException
                  ? Refresh.tooLong(person)
                  : new CompletionException(cause);
            });
  }

  /** The old token serves while it is valid and the provider does not. */
  private CompletableFuture<AccessToken> orElse(
      AccessToken held, CompletableFuture<AccessToken> fresh, StoredTokens row) {
    return fresh
        .completeOnTimeout(held, limits.patience().toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            error -> {
              Throwable cause = unwrapped(error);
              if (cause instanceof NoToken || row.isExpired(clock.instant())) {
                throw new CompletionException(cause);
              }
              return held;
            });
  }

  private CompletableFuture<AccessToken> after(StoredTokens seen) {
    Person person = seen.person();
    CompletableFuture<AccessToken> mine = new CompletableFuture<>();
    CompletableFuture<AccessToken> others = underWay.putIfAbsent(person, mine);
    if (others != null) {
      return others;
    }
    try {
      threads.of(person.provider()).execute(() -> fetch(seen, mine));
    } catch (RejectedExecutionException e) {
      underWay.remove(person, mine);
      mine.completeExceptionally(new StoreUnavailable("the hub is stopping", e));
    }
    return mine;
  }

  private void fetch(StoredTokens seen, CompletableFuture<AccessToken> mine) {
    AccessToken fresh = null;
    Throwable failure = null;
    try {
      fresh = refresh.after(seen.version(), seen.person());
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
   * @throws StoreUnavailable when the database is away
   */
  @Override
  public void store(String provider, String subject, TokenSet tokens) {
    Person person = new Person(provider, subject);
    if (!person.isPossible()) {
      throw new IllegalArgumentException(
          "provider and subject must be texts of at most 64 and 255 characters: " + person);
    }
    for (int i = 0; i < TRIES; i++) {
      Optional<StoredTokens> before = table.find(person);
      StoredTokens row =
          sealing.seal(
              person,
              tokens,
              tokens.refreshToken().or(() -> before.flatMap(this::usableRefreshToken)),
              clock.instant());
      if (before.isPresent() ? table.replace(before.get().version(), row) : table.insert(row)) {
        LOG.info("token={} outcome=stored", person);
        return;
      }
    }
    throw new StoreUnavailable("the tokens of " + person + " change too fast to be replaced");
  }

  private Optional<String> usableRefreshToken(StoredTokens row) {
    if (row.loginRequired()) {
      return Optional.empty();
    }
    try {
      return sealing.openRefresh(row);
    } catch (UnreadableToken | ProblemException e) {
      LOG.warn("token={} refresh token of an earlier login is dropped: {}", row, e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Revokes a person's tokens at the provider, where it offers that, later when it is away, and
   * deletes them whatever it says. Does nothing for a person who is not known.
   *
   * @throws StoreUnavailable when the database is away
   */
  @Override
  public void forget(String provider, String subject) {
    forget(new Person(provider, subject));
  }

  /** Whether there were any. */
  boolean forget(Person person) {
    for (int i = 0; i < TRIES; i++) {
      Optional<StoredTokens> row = table.find(person);
      if (row.isEmpty()) {
        return i > 0;
      }
      revoke(row.get());
      if (table.delete(row.get())) {
        LOG.info("token={} outcome=forgotten", person);
        return true;
      }
    }
    throw new StoreUnavailable("the tokens of " + person + " change too fast to be deleted");
  }

  /** The refresh token stands for the whole grant (RFC 7009). */
  private void revoke(StoredTokens row) {
    try {
      refresh.revoke(
          row.person(), sealing.openRefresh(row).orElseGet(() -> sealing.open(row).value()));
    } catch (UnreadableToken | ProblemException e) {
      LOG.warn("token={} outcome=not-revoked error={}", row.person(), e.getMessage());
    }
  }

  /** The same in a thread that may wait for the provider. */
  CompletableFuture<Boolean> forgotten(Person person) {
    try {
      if (table.find(person).isEmpty()) {
        return CompletableFuture.completedFuture(false);
      }
      return CompletableFuture.supplyAsync(() -> forget(person), threads.of(person.provider()));
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(new StoreUnavailable("the hub is stopping", e));
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
    threads.finish(limits.grace(), refresh::close);
  }
}
