package hub.call.http;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps answers for a while, the most recently used ones. Thread-safe. */
final class AnswerCache {
  private static final int MOST_ANSWERS = 500;

  /** 500 of these are 32 MiB. */
  private static final int LARGEST_BYTES = 64 * 1024;

  /**
   * All that was sent.
   *
   * @param headers of the request, its credentials among them
   */
  record Question(String method, URI uri, Map<String, List<String>> headers) {}

  private record Kept(HttpAnswer answer, long until) {}

  private final long nanos;
  private final Map<Question, Kept> answers =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, Kept> eldest) {
          return size() > MOST_ANSWERS;
        }
      };

  /**
   * @param keep zero: nothing is kept
   */
  AnswerCache(Duration keep) {
    this.nanos = keep.toNanos();
  }

  synchronized Optional<HttpAnswer> get(Question key) {
    Kept kept = answers.get(key);
    if (kept != null && kept.until() - System.nanoTime() <= 0) {
      answers.remove(key);
      return Optional.empty();
    }
    return Optional.ofNullable(kept).map(Kept::answer);
  }

  synchronized void put(Question key, HttpAnswer answer) {
    if (nanos > 0 && answer.body().length <= LARGEST_BYTES) {
      answers.put(key, new Kept(answer, System.nanoTime() + nanos));
    }
  }
}
