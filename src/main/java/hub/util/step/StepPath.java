package hub.util.step;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;

/**
 * The path of an exchange to its current step: the steps that lead from route to route, and the
 * iterations of the splits and loops around it. A retry or a replay of an event takes the same
 * path, so its ids make idempotency keys. Immutable, except for the keys in use.
 */
public final class StepPath {
  private static final String PROPERTY = "HubStepPath";

  private final StepPath before;
  private final Step step;
  private final int turn;
  private final Map<String, String> keys;

  private StepPath(StepPath before, Step step, int turn, Map<String, String> keys) {
    this.before = before;
    this.step = step;
    this.turn = turn;
    this.keys = keys;
  }

  private static StepPath root() {
    return new StepPath(null, null, -1, new ConcurrentHashMap<>());
  }

  /** Starts a new path at the head of a handler; copies of the exchange continue it. */
  public static void begin(Exchange exchange) {
    exchange.setProperty(PROPERTY, root());
  }

  /** The path of the exchange so far. */
  public static StepPath of(Exchange exchange) {
    StepPath known = exchange.getProperty(PROPERTY, StepPath.class);
    return known == null ? root() : known;
  }

  void leaveAt(Exchange exchange) {
    exchange.setProperty(PROPERTY, this);
  }

  StepPath into(Step next) {
    return new StepPath(this, next, -1, keys);
  }

  StepPath turn(int number) {
    return new StepPath(this, null, number, keys);
  }

  /**
   * The part of an idempotency key that names the innermost step: the ids of the steps on the path,
   * then the iterations of all splits and loops, from the outermost. Never a position, which the
   * next change of the route moves.
   *
   * @param usual the name of the innermost step if it has no id
   */
  public String key(String usual) {
    Deque<String> names = new ArrayDeque<>();
    Deque<String> turns = new ArrayDeque<>();
    boolean innermost = true;
    for (StepPath at = this; at != null; at = at.before) {
      if (at.turn >= 0) {
        turns.addFirst(String.valueOf(at.turn));
      }
      if (at.step != null) {
        if (at.step.named()) {
          names.addFirst(at.step.name());
        } else if (innermost) {
          names.addFirst(usual);
        }
        innermost = false;
      }
    }
    if (innermost) {
      names.addFirst(usual);
    }
    names.addAll(turns);
    return String.join("/", names);
  }

  /**
   * Reserves a key for the current step.
   *
   * @return the other step that uses this key; empty when the key is free
   */
  public Optional<String> take(String key) {
    String here = place();
    String other = keys.putIfAbsent(key, here);
    // A step inside of a call belongs to the call.
    return other == null || here.startsWith(other) || other.startsWith(here)
        ? Optional.empty()
        : Optional.of(other);
  }

  /** The turns of all splits and loops, from the outermost; empty outside of them. */
  public String turns() {
    String outer = before == null ? "" : before.turns();
    if (turn < 0) {
      return outer;
    }
    return outer.isEmpty() ? String.valueOf(turn) : outer + "/" + turn;
  }

  /** The whole path for messages, with the names of steps without an id. */
  public String place() {
    if (before == null) {
      return "";
    }
    return before.place() + (step == null ? "[" + turn + "]" : "> " + step + " ");
  }
}
