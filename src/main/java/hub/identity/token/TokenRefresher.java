package hub.identity.token;

import hub.db.StoreUnavailableException;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refreshes access tokens. Over all nodes one refresh at a time asks the provider for a person's
 * token, under a {@link RefreshLease}, and stores the answer before anybody uses it; the others
 * wait for the stored token. Thread-safe.
 */
final class TokenRefresher {
  private static final Logger LOG = LoggerFactory.getLogger(TokenRefresher.class);

  /** How often a node checks whether another node has stored the token. */
  private static final long POLL_MILLIS = 50;

  /** Between attempts to store tokens that exist nowhere else. */
  private static final long STORE_RETRY_MILLIS = 250;

  private final TokenTable table;
  private final TokenCodec tokenCodec;
  private final Supplier<TokenEndpoint> endpoint;
  private final TokenRevoker revoker;
  private final Supplier<RefreshLease> leases;
  private final TokenDeaths deaths;
  private final Clock clock;
  private final Duration total;
  private volatile boolean closed;

  /**
   * @param leases makes the lease of one refresh
   * @param deaths records that the provider has refused a refresh token for good
   * @param total how long to wait for another node's answer
   */
  TokenRefresher(
      TokenTable table,
      TokenCodec tokenCodec,
      Supplier<TokenEndpoint> endpoint,
      TokenRevoker revoker,
      Supplier<RefreshLease> leases,
      TokenDeaths deaths,
      Clock clock,
      Duration total) {
    this.table = table;
    this.tokenCodec = tokenCodec;
    this.endpoint = endpoint;
    this.revoker = revoker;
    this.leases = leases;
    this.deaths = deaths;
    this.clock = clock;
    this.total = total;
  }

  /**
   * An access token that was stored after version {@code seen}, by this node or another one.
   *
   * @param seen version of the row whose token has to be replaced
   * @throws NoTokenException when the person has to log in
   * @throws ProblemException when the provider does not serve, or does not answer in time
   */
  AccessToken refresh(UUID seen, TokenOwner owner) {
    long end = System.nanoTime() + total.toNanos();
    RefreshLease lease = leases.get();
    UUID old = seen;
    while (true) {
      TokenRow row = table.find(owner).orElseThrow(() -> NoTokenException.unknown(owner));
      if (row.loginRequired()) {
        throw NoTokenException.loginRequired(owner);
      }
      if (!row.version().equals(old)) {
        if (!row.isExpired(clock.instant())) {
          return tokenCodec.decryptAccessToken(row);
        }
        old = row.version();
      }
      String refreshToken =
          tokenCodec
              .decryptRefreshToken(row)
              .orElseThrow(() -> NoTokenException.loginRequired(owner));
      if (lease.acquire(row)) {
        Optional<AccessToken> fresh = askAndStore(row, refreshToken, lease);
        if (fresh.isPresent()) {
          return fresh.get();
        }
      } else if (System.nanoTime() - end > 0) {
        throw timedOut(owner);
      } else {
        awaitAnother(owner);
      }
    }
  }

  private static void awaitAnother(TokenOwner owner) {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw timedOut(owner);
    }
  }

  static ProblemException timedOut(TokenOwner owner) {
    return new ProblemException(
        Problem.of(
            504,
            "provider-timeout",
            owner.provider()
                + " has not given a token in time; the refresh goes on, so ask again."));
  }

  /**
   * Asks the provider and stores its answer; empty when the row changed in the meantime and has to
   * be read again.
   */
  private Optional<AccessToken> askAndStore(TokenRow row, String refreshToken, RefreshLease lease) {
    TokenOwner owner = row.owner();
    long begun = System.nanoTime();
    ScheduledFuture<?> renewal = lease.keepRenewed(owner);
    try {
      // A refresh without a scope keeps the previous one (RFC 6749, 6).
      TokenSet answer;
      try {
        answer = ask(owner, refreshToken).withScopeOr(row.scope());
      } catch (GrantRefusedException e) {
        boolean isNewest = deaths.record(row, e.getMessage());
        logOutcome(owner, isNewest ? "login-required" : "overtaken", begun);
        return Optional.empty();
      }
      Instant obtained = clock.instant();
      TokenRow next =
          tokenCodec.encrypt(
              owner, answer, answer.refreshToken().or(() -> Optional.of(refreshToken)), obtained);
      Optional<AccessToken> fresh = store(row, next, answer);
      logOutcome(owner, fresh.isPresent() ? "refreshed" : "overtaken", begun);
      return fresh;
    } catch (RuntimeException | Error e) {
      lease.release(owner);
      logOutcome(owner, "failed", begun);
      throw e;
    } finally {
      renewal.cancel(false);
    }
  }

  /**
   * Asks the provider. A failure is thrown without its cause: a token is needed within calls to
   * other providers, whose circuit breakers must not count the failure as theirs.
   */
  private TokenSet ask(TokenOwner owner, String refreshToken) {
    try {
      return endpoint.get().refresh(owner.provider(), refreshToken);
    } catch (GrantRefusedException e) {
      throw e;
    } catch (RuntimeException e) {
      for (Throwable t = e; t != null; t = t.getCause()) {
        if (t instanceof ProblemException known) {
          throw new ProblemException(known.problem());
        }
      }
      // Without the message, which may contain a part of the provider's answer.
      LOG.warn(
          "token={} outcome=unreadable error={} at={}",
          owner,
          e.getClass().getName(),
          Arrays.stream(e.getStackTrace()).findFirst().map(Object::toString).orElse("-"));
      throw new ProblemException(
          Problem.of(
              503,
              "provider-unavailable",
              owner.provider() + " cannot serve: it gave no token that can be read."));
    }
  }

  /** The reason why there is no row: the provider is unknown, or the person has never logged in. */
  ProblemException absence(TokenOwner owner) {
    endpoint.get().require(owner.provider());
    return NoTokenException.unknown(owner);
  }

  /**
   * Stores the new tokens; empty when the row changed in the meantime. Waits while the database is
   * away: the tokens exist nowhere else, and a provider that rotates refresh tokens no longer
   * accepts the old one.
   */
  private Optional<AccessToken> store(TokenRow row, TokenRow next, TokenSet answer) {
    boolean isLogged = false;
    boolean lastTry = false;
    while (true) {
      try {
        if (table.replace(row.version(), next)) {
          return Optional.of(AccessToken.of(answer));
        }
        return overtaken(row, next, answer);
      } catch (StoreUnavailableException e) {
        // The stop interrupts; one more attempt, because the interrupt itself may have broken the
        // connection.
        boolean stopping = Thread.interrupted() || closed;
        if (stopping && lastTry) {
          LOG.error("token={} outcome=lost: the store was away until the stop", row.owner());
          throw e;
        }
        lastTry = stopping;
        if (!isLogged) {
          LOG.warn(
              "token={} outcome=waiting error={}: what the provider gave is kept in memory until it"
                  + " can be written",
              row.owner(),
              e.getMessage());
          isLogged = true;
        }
        awaitStore();
      }
    }
  }

  private static void awaitStore() {
    try {
      TimeUnit.MILLISECONDS.sleep(STORE_RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The row has another version: of this very call, of a login, or it was deleted. */
  private Optional<AccessToken> overtaken(TokenRow row, TokenRow next, TokenSet answer) {
    Optional<TokenRow> now = table.find(row.owner());
    if (now.isPresent()) {
      // A commit may have succeeded although its answer was lost.
      return now.filter(found -> found.version().equals(next.version()))
          .map(found -> AccessToken.of(answer));
    }
    // The person was forgotten during the refresh, so the new tokens must not stay valid.
    revoker.revoke(row.owner(), answer.refreshToken().orElse(answer.accessToken()));
    throw NoTokenException.unknown(row.owner());
  }

  private static void logOutcome(TokenOwner owner, String outcome, long begun) {
    LOG.info("token={} outcome={} ms={}", owner, outcome, (System.nanoTime() - begun) / 1_000_000);
  }

  /** From now on nothing waits for a database that is away. */
  void close() {
    closed = true;
  }
}
