package hub.edge;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How large a body each path takes: its own limit, or everybody's. Thread-safe. */
public final class BodyLimits {
  private final int usual;
  private final Map<String, Integer> own = new ConcurrentHashMap<>();

  /**
   * @param usual limit of paths that have none of their own, in bytes
   */
  public BodyLimits(int usual) {
    this.usual = usual;
  }

  /** The limit of a route's path, in bytes. */
  public int of(String path) {
    return own.getOrDefault(path, usual);
  }

  void set(String path, int bytes) {
    own.put(path, bytes);
  }

  void remove(String path, int bytes) {
    own.remove(path, bytes);
  }
}
