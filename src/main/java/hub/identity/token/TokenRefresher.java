package hub.identity.token;

import hub.db.StoreUnavailableException;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.inbox.PermanentFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets a person's next access token. Of all nodes one asks the provider, under a lease on the row,
 * and writes what it was given before anybody may use it; the others wait for what is written.
 * Thread-safe.
 */
final class TokenRefresher {
  private static final Logger LOG = LoggerFactory.getLogger(TokenRefresher.class);

  /** How often a node looks whether the one that asks has been answered. */
  private static final long LOOK_MILLIS = 50;

  /** Between tries to write down tokens that exist nowhere else. */
  private static final long REWRITE_MILLIS = 250;

  /** Of a lease; it must survive one renewal that fails. */
  private static final int RENEWALS = 3;

  private final TokenTable table;
  private final TokenCodec tokenCodec;
  private final Supplier<Optional<TokenEndpoint>> endpoint;
  private final RevokeLater later;
  private final ScheduledExecutorService timer;
  private final Clock clock;
  private final Duration lease;
  private final Duration total;
  private volatile boolean closed;

  /**
   * @param later keeps tokens that a provider cannot be asked to revoke now
   * @param timer prolongs leases
   * @param lease after this long without a sign of life of the node that asks, another one does
   * @param total how long to wait for another node's answer
   */
  TokenRefresher(
      TokenTable table,
      TokenCodec tokenCodec,
      Supplier<Optional<TokenEndpoint>> endpoint,
      RevokeLater later,
      ScheduledExecutorService timer,
      Clock clock,
      Duration lease,
      Duration total) {
    this.table = table;
    this.tokenCodec = tokenCodec;
    this.endpoint = endpoint;
    this.later = later;
    this.timer = timer;
    this.clock = clock;
    this.lease = lease;
    this.total = total;
  }

  /**
   * An access token that was given after {@code seen}, by whoever asked for it.
   *
   * @param seen version of the row that is not good enough any more
   * @throws NoTokenException when there is none to be had
   * @throws ProblemException when the provider does not serve, or nobody did in time
   */
  AccessToken after(UUID seen, TokenOwner tokenOwner) {
    long end = System.nanoTime() + total.toNanos();
    UUID owner = UUID.randomUUID();
    UUID old = seen;
    while (true) {
      TokenRow row = table.find(tokenOwner).orElseThrow(() -> NoTokenException.unknown(tokenOwner));
      if (row.loginRequired()) {
        throw NoTokenException.loginRequired(tokenOwner);
      }
      if (!row.version().equals(old)) {
        if (!row.isExpired(clock.instant())) {
          return tokenCodec.open(row);
        }
        old = row.version();
      }
      String refreshToken =
          tokenCodec.openRefresh(row).orElseThrow(() -> NoTokenException.loginRequired(tokenOwner));
      if (table.lease(row, owner, lease)) {
        Optional<AccessToken> fresh = ask(row, refreshToken, owner);
        if (fresh.isPresent()) {
          return fresh.get();
        }
      } else if (System.nanoTime() - end > 0) {
        throw tooLong(tokenOwner);
      } else {
        awaitAnother(tokenOwner);
      }
    }
  }

  private static void awaitAnother(TokenOwner tokenOwner) {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw tooLong(tokenOwner);
    }
  }

  static ProblemException tooLong(TokenOwner tokenOwner) {
    return new ProblemException(
        Problem.of(
            504,
            "provider-timeout",
            tokenOwner.provider()
                + " has not given a token in time; the refresh goes on, so ask again."));
  }

  /** Empty when the row has changed meanwhile: look again. */
  private Optional<AccessToken> ask(TokenRow row, String refreshToken, UUID owner) {
    TokenOwner tokenOwner = row.person();
    long begun = System.nanoTime();
    ScheduledFuture<?> alive = keep(tokenOwner, owner);
    try {
      TokenSet given = given(tokenOwner, refreshToken).withScopeOr(row.scope());
      Instant obtained = clock.instant();
      TokenRow next =
          tokenCodec.seal(
              tokenOwner,
              given,
              given.refreshToken().or(() -> Optional.of(refreshToken)),
              obtained);
      Optional<AccessToken> fresh = write(row, next, given);
      note(tokenOwner, fresh.isPresent() ? "refreshed" : "overtaken", begun);
      return fresh;
    } catch (GrantRefusedException e) {
      boolean last = table.refuse(row);
      note(tokenOwner, last ? "login-required" : "overtaken", begun);
      return Optional.empty();
    } catch (RuntimeException | Error e) {
      release(tokenOwner, owner);
      note(tokenOwner, "failed", begun);
      throw e;
    } finally {
      alive.cancel(false);
    }
  }

  /**
   * A failure loses its cause: a token is asked for within the calls of other providers, whose
   * circuit breakers must not take it for theirs.
   */
  private TokenSet given(TokenOwner tokenOwner, String refreshToken) {
    try {
      return endpoint().refresh(tokenOwner.provider(), refreshToken);
    } catch (GrantRefusedException e) {
      throw e;
    } catch (RuntimeException e) {
      for (Throwable t = e; t != null; t = t.getCause()) {
        if (t instanceof ProblemException known) {
          throw new ProblemException(known.problem());
        }
      }
      // Its message may have a part of what the provider answered.
      LOG.warn(
          "token={} outcome=unreadable error={} at={}",
          tokenOwner,
          e.getClass().getName(),
          Arrays.stream(e.getStackTrace()).findFirst().map(Object::toString).orElse("-"));
      throw new ProblemException(
          Problem.of(
              503,
              "provider-unavailable",
              tokenOwner.provider() + " cannot serve: it gave no token that can be read."));
    }
  }

  /**
   * Why nothing is kept of a person: a provider at which nobody can log in, or one at which this
   * person has not.
   */
  ProblemException absence(TokenOwner tokenOwner) {
    endpoint().require(tokenOwner.provider());
    return NoTokenException.unknown(tokenOwner);
  }

  private TokenEndpoint endpoint() {
    return required(endpoint.get());
  }

  static TokenEndpoint required(Optional<TokenEndpoint> endpoint) {
    return endpoint.orElseThrow(
        () ->
            new ProblemException(
                Problem.of(503, "not-configured", "No login provider is configured; see README.")));
  }

  /**
   * Until it is written or somebody else's counts. What was given exists nowhere else, and a
   * provider that rotates refresh tokens has already forgotten the old one, so a store that is away
   * is waited for.
   */
  private Optional<AccessToken> write(TokenRow row, TokenRow next, TokenSet given) {
    boolean told = false;
    boolean lastTry = false;
    while (true) {
      try {
        if (table.replace(row.version(), next)) {
          return Optional.of(tokenCodec.open(next));
        }
        return overtaken(row, next, given);
      } catch (StoreUnavailableException e) {
        // An interrupt is the stop's; a connection that it broke off may be had again.
        boolean stopping = Thread.interrupted() || closed;
        if (stopping && lastTry) {
          LOG.error("token={} outcome=lost: the store was away until the stop", row.person());
          throw e;
        }
        lastTry = stopping;
        if (!told) {
          LOG.warn(
              "token={} outcome=waiting error={}: what the provider gave is kept in memory until it"
                  + " can be written",
              row.person(),
              e.getMessage());
          told = true;
        }
        awaitStore();
      }
    }
  }

  private static void awaitStore() {
    try {
      TimeUnit.MILLISECONDS.sleep(REWRITE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The row is not what it was: written by this very call, by a login, or gone. */
  private Optional<AccessToken> overtaken(TokenRow row, TokenRow next, TokenSet given) {
    Optional<TokenRow> now = table.find(row.person());
    if (now.isPresent()) {
      // A commit that broke off may have come through.
      return now.filter(found -> found.version().equals(next.version())).map(tokenCodec::open);
    }
    // Forgotten while the provider was asked: nobody must have a token of this person any more.
    revoke(row.person(), given.refreshToken().orElse(given.accessToken()));
    throw NoTokenException.unknown(row.person());
  }

  /**
   * Tells the provider that a token is not needed any more; later, when it is away. What it answers
   * changes nothing here.
   */
  void revoke(TokenOwner tokenOwner, String token) {
    try {
      endpoint().revoke(tokenOwner.provider(), token);
    } catch (RuntimeException e) {
      if (isOver(e) || !isKept(tokenOwner, token)) {
        LOG.warn("token={} outcome=not-revoked error={}", tokenOwner, e.getMessage());
      } else {
        LOG.info("token={} outcome=revoked-later error={}", tokenOwner, e.getMessage());
      }
    }
  }

  /** Whether asking again cannot end otherwise: a refusal, or a provider that is not known. */
  private static boolean isOver(RuntimeException e) {
    return (e instanceof PermanentFailure permanentFailure && permanentFailure.isPermanent())
        || (e instanceof ProblemException known && known.problem().status() == 404);
  }

  private boolean isKept(TokenOwner tokenOwner, String token) {
    try {
      later.keep(tokenOwner, token);
      return true;
    } catch (RuntimeException e) {
      LOG.warn("token={} outcome=not-kept error={}", tokenOwner, e.toString());
      return false;
    }
  }

  /** A sign of life at times, for as long as the provider or the store takes. */
  private ScheduledFuture<?> keep(TokenOwner tokenOwner, UUID owner) {
    long every = Math.max(1, lease.toMillis() / RENEWALS);
    return timer.scheduleWithFixedDelay(
        () -> {
          try {
            table.prolong(tokenOwner, owner, lease);
          } catch (StoreUnavailableException e) {
            LOG.debug("token={} lease=not-prolonged", tokenOwner, e);
          }
        },
        every,
        every,
        TimeUnit.MILLISECONDS);
  }

  private void release(TokenOwner tokenOwner, UUID owner) {
    try {
      table.release(tokenOwner, owner);
    } catch (StoreUnavailableException e) {
      LOG.debug("token={} lease=not-released", tokenOwner, e);
    }
  }

  private static void note(TokenOwner tokenOwner, String outcome, long begun) {
    LOG.info(
        "token={} outcome={} ms={}", tokenOwner, outcome, (System.nanoTime() - begun) / 1_000_000);
  }

  /** From now on nothing waits for a store that is away. */
  void close() {
    closed = true;
  }
}
