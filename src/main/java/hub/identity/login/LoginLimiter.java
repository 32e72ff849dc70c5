package hub.identity.login;

import hub.http.SourceAddress;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Limits the logins that a network may begin to {@link #MAX_LOGINS} within the lifetime of a login
 * attempt, because each is stored that long. Thread-safe.
 */
final class LoginLimiter {
  /** Enough for an office behind one address. */
  static final int MAX_LOGINS = 200;

  /** Networks that are counted; beyond that the oldest is dropped. */
  static final int MAX_NETWORKS = 10_000;

  private record Window(Instant end, int logins) {}

  private final Clock clock;
  private final Map<String, Window> windows =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
          return size() > MAX_NETWORKS;
        }
      };

  LoginLimiter(Clock clock) {
    this.clock = clock;
  }

  /**
   * @throws ProblemException 429 {@code rate-limited} when the network has begun too many
   */
  synchronized void take(SourceAddress source) {
    if (!source.limited()) {
      return;
    }
    Instant now = clock.instant();
    Window window = windows.get(source.network());
    if (window == null || !now.isBefore(window.end())) {
      // Removed, so that it is inserted again as the youngest.
      windows.remove(source.network());
      window = new Window(now.plus(LoginAttempts.LIFETIME), 0);
    }
    if (window.logins() >= MAX_LOGINS) {
      throw new ProblemException(
          Problem.of(429, "rate-limited", "Too many logins were begun from here; wait a while.")
              .retryAfter((int) (window.end().getEpochSecond() - now.getEpochSecond()) + 1));
    }
    windows.put(source.network(), new Window(window.end(), window.logins() + 1));
  }
}
