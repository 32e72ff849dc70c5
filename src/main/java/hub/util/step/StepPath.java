package hub.util.step;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;

/**
 * The way to where an exchange is: the steps that lead from route to route, and the turns of the
 * splits and loops around it. What is done twice for an event, in two attempts or by a replay, is
 * reached by the same way both times; so its ids make keys. Immutable, but for the keys in use.
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

  /** Begins the way anew, at the head of a handler; copies of the exchange go on from there. */
  public static void begin(Exchange exchange) {
    exchange.setProperty(PROPERTY, root());
  }

  /** The way of the exchange so far. */
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
   * What the innermost step does, as a part of keys: the ids of the steps that lead there and its
   * own, then the turns of all splits and loops around it, from the outermost. Never a place, which
   * the next change of the route moves.
   *
   * @param usual stands for the innermost step where it has no id
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
   * Takes a key for what is done here.
   *
   * @return who does something else under that key; empty when it may be used
   */
  public Optional<String> take(String key) {
    String here = place();
    String other = keys.putIfAbsent(key, here);
    // A step within a call belongs to the call.
    return other == null || here.startsWith(other) || other.startsWith(here)
        ? Optional.empty()
        : Optional.of(other);
  }

  /** The whole way for people, with what steps without an id are called. */
  public String place() {
    if (before == null) {
      return "";
    }
    return before.place() + (step == null ? "[" + turn + "]" : "> " + step + " ");
  }
}
