package hub.inbox.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs tasks on threads of which only the one that has the baton goes on. A task gives it on
 * whenever it pauses; the next is the one whose pause ends first by the virtual clock. So the
 * lengths of the pauses, which the seed decides, decide the order of everything.
 */
final class Baton {
  /** Ends the task of a crashed node: no code of the engine runs after it. */
  static final class Crashed extends Error {
    private static final long serialVersionUID = 1L;

    Crashed() {
      super("the node has crashed", null, false, false);
    }
  }

  /** One thread of one node. */
  static final class Task {
    private final int node;
    private final String name;
    private Thread thread;
    private long wakeAt;
    private long order;
    private boolean waits;
    private boolean crashed;
    private Optional<Task> waker = Optional.empty();

    private Task(int node, String name) {
      this.node = node;
      this.name = name;
    }

    int node() {
      return node;
    }

    boolean crashed() {
      return crashed;
    }
  }

  /** The node of the tasks that stand for the world outside: senders, operators, the checks. */
  static final int OUTSIDE = 0;

  private static final ThreadLocal<Baton> OF_THREAD = new ThreadLocal<>();

  private final Random random;
  private final PriorityQueue<Task> waiting =
      new PriorityQueue<>(
          Comparator.<Task>comparingLong(task -> task.wakeAt)
              .thenComparingLong(task -> task.order));
  private final List<Task> all = new ArrayList<>();
  private final Map<Integer, Long> frozenUntil = new HashMap<>();
  private final Trace trace;
  private long now;
  private long orders;
  private volatile Task current;
  private Optional<AssertionError> violation = Optional.empty();

  /** The calling thread becomes the first task, with the baton. */
  Baton(long seed, Trace trace) {
    this.random = new Random(seed);
    this.trace = trace;
    this.current = new Task(OUTSIDE, "world");
    current.thread = Thread.currentThread();
    OF_THREAD.set(this);
  }

  /** The one that the calling thread runs under; empty outside of a simulation. */
  static Optional<Baton> ofThread() {
    return Optional.ofNullable(OF_THREAD.get());
  }

  Random random() {
    return random;
  }

  /** Nanoseconds from 0 to {@code bound}, drawn. */
  long upTo(long bound) {
    return (long) (random.nextDouble() * bound);
  }

  boolean happens(double rate) {
    return rate > 0 && random.nextDouble() < rate;
  }

  /** Virtual nanoseconds since the start. */
  long now() {
    return now;
  }

  Task current() {
    return current;
  }

  void note(String what) {
    trace.add(now, current.node, current.name, what);
  }

  /** Records the first violation; the simulation ends with it. */
  void violated(String what) {
    note("VIOLATED " + what);
    if (violation.isEmpty()) {
      violation = Optional.of(new AssertionError(what));
    }
  }

  Optional<AssertionError> violation() {
    return violation;
  }

  /** Starts a task that has its first turn soon; a crashed node starts none. */
  Thread start(int node, String name, Runnable work) {
    Task task = new Task(node, name);
    task.thread = new Thread(() -> run(task, work), "sim-" + node + "-" + name);
    task.thread.setDaemon(true);
    if (!current.crashed) {
      all.add(task);
      wakeAfter(task, upTo(1_000_000));
      task.thread.start();
    }
    return task.thread;
  }

  private void run(Task task, Runnable work) {
    OF_THREAD.set(this);
    awaitBaton(task);
    try {
      if (!task.crashed) {
        work.run();
      }
    } catch (Crashed e) {
      // The node is gone.
    } catch (RuntimeException | Error e) {
      violated(task.name + " died of " + e);
    } finally {
      all.remove(task);
      hand(task.waker.orElseGet(this::next));
    }
  }

  /**
   * Gives the baton on.
   *
   * @throws Crashed when the node has crashed meanwhile, or before
   */
  void pause(long nanos) {
    Task me = current;
    refuseCrashed(me);
    wakeAfter(me, nanos);
    turn(me);
    refuseCrashed(me);
  }

  private static void refuseCrashed(Task me) {
    if (me.crashed) {
      throw new Crashed();
    }
  }

  /** Ends the pause of a task soon. */
  void wake(Task task, long nanos) {
    if (task.waits && !task.crashed && task.wakeAt > now + nanos) {
      waiting.remove(task);
      wakeAfter(task, nanos);
    }
  }

  /** Stops a node for a while, as SIGSTOP does; the clocks go on. */
  void freeze(int node, long nanos) {
    long until = now + nanos;
    frozenUntil.put(node, until);
    List<Task> tasks =
        all.stream()
            .filter(task -> task.node == node && task.waits && task.wakeAt < until)
            .toList();
    for (Task task : tasks) {
      waiting.remove(task);
      wakeAfter(task, 0);
    }
  }

  private void wakeAfter(Task task, long nanos) {
    task.wakeAt = Math.max(now + nanos, frozenUntil.getOrDefault(task.node, 0L));
    task.order = orders++;
    task.waits = true;
    waiting.add(task);
  }

  /** Ends all tasks of a node: each unwinds, and nothing that it does on the way has an effect. */
  void crash(int node) {
    List<Task> tasks = all.stream().filter(task -> task.node == node).toList();
    tasks.forEach(task -> task.crashed = true);
    Task me = current;
    for (Task task : tasks) {
      waiting.remove(task);
      task.waker = Optional.of(me);
      hand(task);
      awaitBaton(me);
    }
  }

  private Task next() {
    Task next = waiting.remove();
    next.waits = false;
    now = Math.max(now, next.wakeAt);
    return next;
  }

  private void turn(Task me) {
    Task next = next();
    if (next != me) {
      hand(next);
      awaitBaton(me);
    }
  }

  private void hand(Task next) {
    current = next;
    LockSupport.unpark(next.thread);
  }

  private void awaitBaton(Task me) {
    while (current != me) {
      LockSupport.park(this);
    }
  }
}
