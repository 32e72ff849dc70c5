package hub.identity.login;

import hub.http.SourceAddress;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds how many logins a network may begin: {@link #MOST} in the time that a begun login lasts,
 * because each is kept that long. Thread-safe.
 */
final class LoginLimiter {
  /** An office behind one address fits in. */
  static final int MOST = 200;

  /** Of networks remembered; the oldest is forgotten first. */
  static final int NETWORKS = 10_000;

  private record Share(Instant until, int begun) {}

  private final Clock clock;
  private final Map<String, Share> shares =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Share> eldest) {
          return size() > NETWORKS;
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
    Share share = shares.get(source.network());
    if (share == null || !now.isBefore(share.until())) {
      // Behind the others again: the oldest is forgotten first.
      shares.remove(source.network());
      share = new Share(now.plus(LoginAttempts.LASTS), 0);
    }
    if (share.begun() >= MOST) {
      throw new ProblemException(
          Problem.of(429, "rate-limited", "Too many logins were begun from here; wait a while.")
              .retryAfter((int) (share.until().getEpochSecond() - now.getEpochSecond()) + 1));
    }
    shares.put(source.network(), new Share(share.until(), share.begun() + 1));
  }
}
