package hub.webhook.scheme;

import hub.webhook.verify.KeyAddress;
import hub.webhook.verify.VerificationKey;
import hub.webhook.verify.WebhookRejectedException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys at one address, fetched by one request at a time. Thread-safe. */
final class CachedKeys {
  private static final Logger LOG = LoggerFactory.getLogger("hub.webhook");

  private static final Duration FRESH = Duration.ofHours(1);

  /** Keys that confirm nothing may be rotated ones, or the request may be forged. */
  private static final Duration LEAST_AGE = Duration.ofMinutes(1);

  private static final Duration WITHOUT_SENDER = Duration.ofDays(1);

  /** How long nothing is asked of a sender after a failure. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private static final Duration PAUSE_WITH_KEYS = Duration.ofMinutes(1);

  /** A fetch takes less; senders hang up after five seconds. */
  private static final long MOST_SECONDS = 4;

  private final KeyAddress address;
  private final KeyCache.Source source;
  private final FetchBudget budget;
  private final Semaphore waiting;
  private final Clock clock;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile Optional<KeyDocument> document = Optional.empty();
  private volatile Instant fetchedAt = Instant.MIN;
  private volatile Instant failedAt = Instant.MIN;
  private volatile boolean confirmed;

  /**
   * @param waiting a permit for each request that may wait for keys
   */
  CachedKeys(
      KeyAddress address,
      KeyCache.Source source,
      FetchBudget budget,
      Semaphore waiting,
      Clock clock) {
    this.address = address;
    this.source = source;
    this.budget = budget;
    this.waiting = waiting;
    this.clock = clock;
  }

  void confirmed() {
    confirmed = true;
  }

  /** Whether the address is the sender's beyond doubt. */
  boolean isTrusted() {
    return confirmed || !address.saidByRequest();
  }

  /**
   * @param again whether those given before have confirmed nothing
   * @throws WebhookRejectedException when there are none; with {@code again}, also when there may
   *     be newer ones that cannot be had
   */
  List<VerificationKey> keys(boolean again) throws WebhookRejectedException {
    if (isDue(again)) {
      fetch(again);
    }
    List<VerificationKey> keys = held();
    if (keys.isEmpty() || (again && isDue(true)) || (again && isPaused())) {
      throw KeyCache.unavailable();
    }
    return keys;
  }

  private List<VerificationKey> held() {
    Instant now = clock.instant();
    return fetchedAt.isBefore(now.minus(WITHOUT_SENDER))
        ? List.of()
        : document.map(known -> known.keysAt(now)).orElse(List.of());
  }

  private boolean isDue(boolean again) {
    boolean old = !fetchedAt.isAfter(clock.instant().minus(again ? LEAST_AGE : FRESH));
    return (old || held().isEmpty()) && !isPaused();
  }

  private boolean isPaused() {
    Duration pause = held().isEmpty() ? PAUSE : PAUSE_WITH_KEYS;
    return failedAt.isAfter(clock.instant().minus(pause));
  }

  /** Fetches the keys, or waits for whoever does; not where old ones will do meanwhile. */
  private void fetch(boolean again) {
    boolean awaited = again || held().isEmpty();
    if (!waiting.tryAcquire()) {
      return;
    }
    try {
      if (awaited ? fetching.tryLock(MOST_SECONDS, TimeUnit.SECONDS) : fetching.tryLock()) {
        try {
          if (isDue(again) && (isTrusted() || budget.take(address.host()))) {
            ask();
          }
        } finally {
          fetching.unlock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      waiting.release();
    }
  }

  private void ask() {
    try {
      byte[] bytes = source.get(address);
      Instant now = clock.instant();
      document = Optional.of(read(bytes, now));
      fetchedAt = now;
      failedAt = Instant.MIN;
    } catch (IOException e) {
      failedAt = clock.instant();
    }
  }

  private KeyDocument read(byte[] bytes, Instant now) throws IOException {
    try {
      KeyDocument read = KeyDocument.parse(bytes);
      if (read.keysAt(now).isEmpty()) {
        throw new IOException("its certificate is out of its dates");
      }
      return read;
    } catch (IOException e) {
      LOG.warn("keys at {} cannot be used: {}", address.host(), e.getMessage());
      throw e;
    }
  }
}
