package hub.console;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Ordered;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.ManagementInterceptStrategy;
import org.apache.camel.spi.ManagementInterceptStrategy.InstrumentationProcessor;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Counts what each route has handled since the start. It takes the place of camel-management, which
 * measures every step of every route for JMX. Thread-safe.
 */
final class RouteCounts extends LifecycleStrategySupport {
  private final Map<String, Count> counts = new ConcurrentHashMap<>();

  /** What the route has handled; 0 for an unknown route. */
  Count of(String routeId) {
    return counts.getOrDefault(routeId, new Count());
  }

  @Override
  public void onRouteContextCreate(Route route) {
    Count count = counts.computeIfAbsent(route.getRouteId(), id -> new Count());
    route.setManagementInterceptStrategy(new WholeRoute(count));
  }

  /** The count of one route. */
  static final class Count {
    private final LongAdder completed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder completedNanos = new LongAdder();

    /** Exchanges that have ended, the failed ones among them. */
    long handled() {
      return completed.sum() + failed();
    }

    /** Exchanges that have ended with an exception. */
    long failed() {
      return failed.sum();
    }

    /** Mean duration of those that have not failed; empty while there is none. */
    Optional<Long> meanMillis() {
      long all = completed.sum();
      return all == 0
          ? Optional.empty()
          : Optional.of(TimeUnit.NANOSECONDS.toMillis(completedNanos.sum() / all));
    }

    private void add(boolean hasFailed, long nanos) {
      if (hasFailed) {
        failed.increment();
      } else {
        completed.increment();
        completedNanos.add(nanos);
      }
    }
  }

  /** Counts the route as a whole, and none of its steps. */
  private record WholeRoute(Count count) implements ManagementInterceptStrategy {
    @Override
    public InstrumentationProcessor<?> createProcessor(String type) {
      return new Counting(count);
    }

    @Override
    public InstrumentationProcessor<?> createProcessor(NamedNode step, Processor target) {
      return null;
    }
  }

  private static final class Counting extends DelegateAsyncProcessor
      implements InstrumentationProcessor<Long> {
    private final Count count;

    Counting(Count count) {
      this.count = count;
    }

    @Override
    public Long before(Exchange exchange) {
      return System.nanoTime();
    }

    @Override
    public void after(Exchange exchange, Long begun) {
      count.add(exchange.isFailed(), System.nanoTime() - begun);
    }

    @Override
    public void setCounter(Object counter) {
      // Camel's own counter, which is not used.
    }

    /** Next to the route, as Camel's own. */
    @Override
    public int getOrder() {
      return Ordered.LOWEST;
    }
  }
}
