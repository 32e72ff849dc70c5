package hub.webhook.scheme;

import hub.webhook.verify.KeyAddress;
import hub.webhook.verify.RejectionReason;
import hub.webhook.verify.VerificationKey;
import hub.webhook.verify.WebhookRejectedException;
import java.io.IOException;
import java.time.Clock;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * The public keys of senders, fetched when they are first needed and kept for an hour. Keys that
 * confirmed nothing are fetched anew, once a minute at most. While a sender cannot be reached its
 * old keys go on for a day. A request waits for the fetch of its own address only. Thread-safe.
 *
 * <p>Whoever sends requests can cause few fetches: addresses that requests say, and that have
 * confirmed nothing yet, share {@link FetchBudget}, and put no others out of the cache.
 */
public final class KeyCache {
  /** Name in the registry. */
  public static final String BEAN = "webhookKeys";

  private static final int MOST_ADDRESSES = 100;

  /** Requests that wait for keys hold a thread each, and other senders need threads too. */
  private static final int MOST_WAITING = 8;

  /** Fetches the document at an address. */
  @FunctionalInterface
  public interface Source {
    /**
     * The document's bytes.
     *
     * @throws IOException when it cannot be had now
     */
    byte[] get(KeyAddress address) throws IOException;
  }

  private final Source source;
  private final Clock clock;
  private final FetchBudget budget;
  private final Semaphore waiting = new Semaphore(MOST_WAITING);

  /** In the order of their last use. */
  private final Map<KeyAddress, CachedKeys> known = new LinkedHashMap<>(16, 0.75f, true);

  public KeyCache(Source source, Clock clock) {
    this.source = source;
    this.clock = clock;
    this.budget = new FetchBudget(clock);
  }

  /**
   * The keys at an address.
   *
   * @param again whether those given before have confirmed nothing
   * @throws WebhookRejectedException {@link RejectionReason#KEYS_UNAVAILABLE}
   */
  public List<VerificationKey> keys(KeyAddress address, boolean again)
      throws WebhookRejectedException {
    return at(address).keys(again);
  }

  /** Notes that a key of this address has confirmed a request. */
  public void confirmed(KeyAddress address) {
    synchronized (known) {
      CachedKeys keys = known.get(address);
      if (keys != null) {
        keys.confirmed();
      }
    }
  }

  private CachedKeys at(KeyAddress address) throws WebhookRejectedException {
    synchronized (known) {
      CachedKeys keys = known.get(address);
      if (keys == null) {
        if (address.saidByRequest() && !budget.hasLeft(address.host())) {
          throw unavailable();
        }
        makeRoom();
        keys = new CachedKeys(address, source, budget, waiting, clock);
        known.put(address, keys);
      }
      return keys;
    }
  }

  /** Forgets the address that was unused for longest, one that has confirmed nothing before all. */
  private void makeRoom() {
    if (known.size() < MOST_ADDRESSES) {
      return;
    }
    for (Iterator<CachedKeys> all = known.values().iterator(); all.hasNext(); ) {
      if (!all.next().isTrusted()) {
        all.remove();
        return;
      }
    }
    Iterator<CachedKeys> oldest = known.values().iterator();
    oldest.next();
    oldest.remove();
  }

  static WebhookRejectedException unavailable() {
    return new WebhookRejectedException(
        RejectionReason.KEYS_UNAVAILABLE, "the sender's public keys cannot be fetched");
  }
}
