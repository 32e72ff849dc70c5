package hub.console;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/** Bounds how often an address may try to sign in: ten times in a minute. Thread-safe. */
final class Attempts {
  private static final int MOST = 10;
  private static final Duration WITHIN = Duration.ofMinutes(1);

  /** Of addresses remembered; the oldest is forgotten first. */
  private static final int ADDRESSES = 10_000;

  private final Clock clock;
  private final Map<String, Deque<Instant>> byAddress =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Deque<Instant>> eldest) {
          return size() > ADDRESSES;
        }
      };

  Attempts(Clock clock) {
    this.clock = clock;
  }

  /** Notes an attempt; after how many seconds to come back, when there were too many. */
  synchronized OptionalInt note(String address) {
    Instant now = clock.instant();
    Deque<Instant> times = byAddress.computeIfAbsent(address, key -> new ArrayDeque<>());
    while (!times.isEmpty() && times.peekFirst().isBefore(now.minus(WITHIN))) {
      times.removeFirst();
    }
    if (times.size() >= MOST) {
      Duration left = Duration.between(now, times.peekFirst().plus(WITHIN));
      return OptionalInt.of((int) left.toSeconds() + 1);
    }
    times.addLast(now);
    return OptionalInt.empty();
  }

  /** Who has the key need not fear to be shut out by what came before. */
  synchronized void forget(String address) {
    byAddress.remove(address);
  }
}
