package hub.trial;

import hub.inbox.camel.InboxEndpoint;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.support.service.ServiceHelper;

/** The handlers of a hub under test: lets some of them work, and waits until they rest. */
final class TrialHandlers {
  private static final Duration REST = Duration.ofSeconds(20);

  /** Longer than a busy machine takes between an attempt's end and its completion in the store. */
  private static final Duration RELEASE = Duration.ofSeconds(2);

  /** While the machine stands still nobody is at work, and no time counts. */
  private static final int IDLE_LOOKS = 100;

  private static final long LOOK_NANOS = 300_000;

  private final CamelContext context;
  private final Stages stages;
  private final TrialInbox inbox;

  /** The source by the id of each handler. */
  private final Map<String, String> sources = new TreeMap<>();

  private List<String> running = List.of();
  private boolean stuck;

  /** Suspends all of them. */
  TrialHandlers(CamelContext context, Stages stages, TrialInbox inbox) {
    this.context = context;
    this.stages = stages;
    this.inbox = inbox;
    for (Route route : context.getRoutes()) {
      if (route.getEndpoint() instanceof InboxEndpoint handled) {
        sources.put(route.getId(), handled.getSource());
        suspend(route.getId());
      }
    }
  }

  /** Whether one did not come to rest, and so may still be at work. */
  boolean isStuck() {
    return stuck;
  }

  /** The ids of the routes that handle events of a source. */
  List<String> of(String source) {
    return sources.entrySet().stream()
        .filter(handler -> handler.getValue().equals(source))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Lets these handlers work, and no others. */
  void run(List<String> routes) {
    for (String route : running) {
      if (!routes.contains(route)) {
        suspend(route);
      }
    }
    for (String route : routes) {
      if (!running.contains(route)) {
        resume(route);
      }
    }
    running = List.copyOf(routes);
    stages.handlers(running);
  }

  /**
   * Waits until every running handler has ended its attempt.
   *
   * @return their states; none when no handler takes the event
   * @throws IllegalStateException when one is still at it after 20 s
   */
  List<Delivery> rest(UUID event) throws SQLException {
    long until = System.nanoTime() + REST.toNanos();
    long lastAtWork = System.nanoTime();
    int idleLooks = 0;
    while (true) {
      List<Delivery> found =
          inbox.deliveries(event).stream().filter(one -> running.contains(one.route())).toList();
      if (found.stream().allMatch(Delivery::isAtRest)) {
        return found;
      }
      if (System.nanoTime() - until > 0) {
        stuck = true;
        throw new IllegalStateException(
            "the handler is still at work after " + REST.toSeconds() + " s: " + found);
      }
      if (context.getInflightRepository().size() > 0) {
        lastAtWork = System.nanoTime();
        idleLooks = 0;
      } else if (++idleLooks > IDLE_LOOKS && System.nanoTime() - lastAtWork > RELEASE.toNanos()) {
        // A lease that ended when the clock was moved is given up; a start of the hub releases it.
        inbox.release();
        lastAtWork = System.nanoTime();
        idleLooks = 0;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Moves the clock; what is due then is begun. */
  void advance(Duration time) throws SQLException {
    stages.clock().advance(time);
    inbox.advance(time);
    wake();
  }

  /** Lets what waits for another attempt be begun at once. */
  void runWaiting() throws SQLException {
    inbox.makeDue();
    wake();
  }

  /**
   * The consumer alone, and not by Camel's controller of routes: one that waits for the events in
   * hand and gives up would leave the route as it is, and the next resumption would do nothing.
   */
  private void suspend(String route) {
    ServiceHelper.suspendService(context.getRoute(route).getConsumer());
    long until = System.nanoTime() + RELEASE.toNanos();
    while (context.getInflightRepository().size(route) > 0 && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private void resume(String route) {
    ServiceHelper.resumeService(context.getRoute(route).getConsumer());
  }

  private void wake() {
    for (String route : running) {
      suspend(route);
      resume(route);
    }
  }
}
