package hub.testing;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** A handler's last step: notes every run and does what the test asks of it. Thread-safe. */
public final class Recorder implements Processor {
  /** What a run does; nothing at all means that it goes well. */
  public interface Behaviour {
    void run(Run run) throws Exception;
  }

  /**
   * One run of the handler.
   *
   * @param event the provider's id
   */
  public record Run(String event, int attempt, String key, String body, long beginNanos) {}

  private final List<Run> begun = new CopyOnWriteArrayList<>();
  private final Map<Run, Long> ended = new ConcurrentHashMap<>();
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger mostActive = new AtomicInteger();
  private volatile Behaviour behaviour = run -> {};

  public Recorder doing(Behaviour wanted) {
    behaviour = wanted;
    return this;
  }

  @Override
  public void process(Exchange exchange) throws Exception {
    Run run =
        new Run(
            exchange.getVariable("providerEventId", String.class),
            exchange.getVariable("attempt", Integer.class),
            exchange.getVariable("orderingKey", "", String.class),
            exchange.getMessage().getBody(String.class),
            System.nanoTime());
    begun.add(run);
    mostActive.accumulateAndGet(active.incrementAndGet(), Math::max);
    try {
      behaviour.run(run);
    } finally {
      active.decrementAndGet();
      ended.put(run, System.nanoTime());
    }
  }

  /** In order of their beginning. */
  public List<Run> runs() {
    return List.copyOf(begun);
  }

  public List<Run> runs(String event) {
    return begun.stream().filter(run -> run.event().equals(event)).toList();
  }

  public long endNanos(Run run) {
    return ended.getOrDefault(run, Long.MAX_VALUE);
  }

  public int mostAtATime() {
    return mostActive.get();
  }
}
