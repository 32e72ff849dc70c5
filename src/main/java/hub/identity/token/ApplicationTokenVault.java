package hub.identity.token;

import hub.call.http.ApplicationTokens;
import hub.db.StoreUnavailableException;
import hub.http.problem.ProblemException;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the tokens of the hub itself in the vault's table, as rows without a refresh token: a new
 * token is asked for instead. Thread-safe.
 */
final class ApplicationTokenVault implements ApplicationTokens {
  private static final Logger LOG = LoggerFactory.getLogger(ApplicationTokenVault.class);

  /** How often a node checks whether another node has stored the token. */
  private static final long POLL_MILLIS = 50;

  private final TokenTable table;
  private final TokenCodec tokenCodec;
  private final Supplier<RefreshLease> leases;
  private final Clock clock;

  /** One thread of this process asks; a lease keeps the other nodes from it. */
  private final Map<TokenOwner, ReentrantLock> locks = new ConcurrentHashMap<>();

  ApplicationTokenVault(
      TokenTable table, TokenCodec tokenCodec, Supplier<RefreshLease> leases, Clock clock) {
    this.table = table;
    this.tokenCodec = tokenCodec;
    this.leases = leases;
    this.clock = clock;
  }

  @Override
  public String token(
      String kind, String key, Optional<String> refused, Duration within, Issuer issuer)
      throws IOException {
    TokenOwner owner = TokenOwner.application(kind, key);
    long end = System.nanoTime() + within.toNanos();
    Optional<TokenRow> row = table.find(owner);
    Optional<String> held = row.flatMap(found -> usable(found, refused));
    if (held.isPresent() && !row.get().isDue(clock.instant())) {
      return held.get();
    }
    ReentrantLock lock = locks.computeIfAbsent(owner, absent -> new ReentrantLock());
    // A token that is still valid is used while another thread asks for the next one.
    if (!tryLock(lock, held.isPresent() ? 0 : end - System.nanoTime())) {
      return held.orElseThrow(() -> new HttpTimeoutException("no token in time"));
    }
    try {
      return tokenOrNew(owner, refused, end, issuer);
    } finally {
      lock.unlock();
    }
  }

  private static boolean tryLock(ReentrantLock lock, long nanos) throws IOException {
    try {
      return lock.tryLock(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private String tokenOrNew(TokenOwner owner, Optional<String> refused, long end, Issuer issuer)
      throws IOException {
    RefreshLease lease = leases.get();
    while (true) {
      TokenRow row = table.find(owner).orElseGet(() -> placeholder(owner));
      Optional<String> held = usable(row, refused);
      if (held.isPresent() && !row.isDue(clock.instant())) {
        return held.get();
      }
      if (lease.acquire(row)) {
        return ask(row, lease, held, issuer);
      }
      if (held.isPresent()) {
        return held.get();
      }
      if (System.nanoTime() - end > 0) {
        throw new HttpTimeoutException("another node's request for a token takes too long");
      }
      sleep();
    }
  }

  /** A row without a token, which can be leased. */
  private TokenRow placeholder(TokenOwner owner) {
    Instant now = clock.instant();
    TokenSet none = new TokenSet("", Optional.empty(), Optional.of(now), "");
    TokenRow row = tokenCodec.encrypt(owner, none, Optional.empty(), now);
    return table.insert(row) ? row : table.find(owner).orElse(row);
  }

  private Optional<String> usable(TokenRow row, Optional<String> refused) {
    if (row.isExpired(clock.instant())) {
      return Optional.empty();
    }
    try {
      return Optional.of(tokenCodec.decryptAccessToken(row).value())
          .filter(token -> !token.isEmpty() && !refused.equals(Optional.of(token)));
    } catch (UnreadableTokenException | ProblemException e) {
      LOG.warn("token={} outcome=unreadable: another one is asked for", row.owner());
      return Optional.empty();
    }
  }

  private String ask(TokenRow row, RefreshLease lease, Optional<String> held, Issuer issuer)
      throws IOException {
    TokenOwner owner = row.owner();
    ScheduledFuture<?> renewal = lease.keepRenewed(owner);
    Issued issued;
    try {
      issued = issuer.issue();
    } catch (IOException | RuntimeException e) {
      lease.release(owner);
      LOG.info("token={} outcome=failed", owner);
      if (held.isPresent()) {
        return held.get();
      }
      throw e;
    } finally {
      renewal.cancel(false);
    }
    TokenSet set = new TokenSet(issued.value(), Optional.empty(), issued.expiresAt(), "");
    try {
      table.replace(
          row.version(), tokenCodec.encrypt(owner, set, Optional.empty(), clock.instant()));
      LOG.info("token={} outcome=issued", owner);
    } catch (StoreUnavailableException e) {
      LOG.warn("token={} outcome=not-kept error={}", owner, e.getMessage());
    }
    return issued.value();
  }

  private static void sleep() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
