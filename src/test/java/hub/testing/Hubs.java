package hub.testing;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/** One hub a store for the tests of a class, started when the first needs it. */
public final class Hubs implements AutoCloseable {
  private final Map<Store, TestHub> running = new EnumMap<>(Store.class);
  private final Function<Store, TestHub> starter;

  public Hubs(Function<Store, TestHub> starter) {
    this.starter = starter;
  }

  public TestHub on(Store store) {
    return running.computeIfAbsent(store, starter);
  }

  /** The same, with nothing of what earlier tests stored. */
  public TestHub emptied(Store store) {
    TestHub hub = on(store);
    hub.empty();
    return hub;
  }

  @Override
  public void close() {
    running.values().forEach(TestHub::close);
    running.clear();
  }
}
