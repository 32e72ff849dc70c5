package hub.util;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes daemon threads: threads that do not keep the process alive. */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** A thread for {@code work}, not started yet. */
  public static Thread named(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** For a pool whose threads all have the same name. */
  public static ThreadFactory factory(String name) {
    return work -> named(name, work);
  }

  /** For a pool whose threads are called {@code name-1}, {@code name-2} and so on. */
  public static ThreadFactory numbered(String name) {
    AtomicInteger number = new AtomicInteger();
    return work -> named(name + "-" + number.incrementAndGet(), work);
  }
}
