package hub.call.http;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Caches up to 500 responses, the most recently used ones. Thread-safe. */
final class ResponseCache {
  private static final int MAX_RESPONSES = 500;

  /** A larger body is not cached; 500 of this size are 32 MiB. */
  private static final int LARGEST_BYTES = 64 * 1024;

  /**
   * The whole request.
   *
   * @param headers all headers, credentials included, so that no caller gets the response to
   *     another's request
   */
  record Key(String method, URI uri, Map<String, List<String>> headers) {}

  private record Entry(ProviderResponse response, long until) {}

  private final long nanos;
  private final Map<Key, Entry> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, ResponseCache.Entry> eldest) {
          return size() > MAX_RESPONSES;
        }
      };

  /**
   * @param keep how long a response is kept; zero: none is
   */
  ResponseCache(Duration keep) {
    this.nanos = keep.toNanos();
  }

  /** Whether it keeps anything; else nobody needs to make a key. */
  boolean isOn() {
    return nanos > 0;
  }

  synchronized Optional<ProviderResponse> get(Key key) {
    Entry entry = entries.get(key);
    if (entry != null && entry.until() - System.nanoTime() <= 0) {
      entries.remove(key);
      return Optional.empty();
    }
    return Optional.ofNullable(entry).map(Entry::response);
  }

  synchronized void put(Key key, ProviderResponse response) {
    if (isOn() && response.body().length <= LARGEST_BYTES) {
      entries.put(key, new Entry(response, System.nanoTime() + nanos));
    }
  }
}
