package hub.inbox.camel;

import hub.config.Settings;
import hub.db.Database;
import hub.inbox.engine.GracefulStop;
import hub.inbox.engine.Handlers;
import hub.inbox.engine.Inbox;
import hub.inbox.engine.InboxMetrics;
import hub.inbox.engine.InboxMinute;
import hub.inbox.engine.Replays;
import hub.inbox.engine.Retention;
import hub.inbox.engine.StopBudget;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * {@code to: inbox:shop} stores an event and goes on after its commit; {@code from:
 * inbox:shop?types=order.*} handles it, at least once, until it is done or its attempts are used
 * up. Needs a {@link Database} and {@link Settings} in the registry.
 */
@Component("inbox")
public final class InboxComponent extends DefaultComponent {
  /**
   * Enough for answers that only write a response; what a route does after its append runs here
   * too.
   */
  private static final int CALLBACK_THREADS = 4;

  private final Handlers handlers = new Handlers();
  private final PayloadVariables variables = new PayloadVariables();
  private ExecutorService callbacks;
  private GracefulStop gracefulStop;

  /** Kept when the inbox closes: what it did last is still asked for. */
  private InboxMetrics metrics;

  private Inbox inbox;

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    InboxEndpoint endpoint = new InboxEndpoint(uri, this, remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  @Override
  protected void doInit() throws Exception {
    super.doInit();
    metrics =
        new InboxMetrics(
            () -> getCamelContext().getRegistry().findSingleByType(MeterRegistry.class), clock());
    StopBudget budget = getCamelContext().getRegistry().findSingleByType(StopBudget.class);
    gracefulStop =
        new GracefulStop(
            budget != null
                ? budget
                : new StopBudget(
                    Duration.ofSeconds(getCamelContext().getShutdownStrategy().getTimeout())));
    getCamelContext()
        .addLifecycleStrategy(
            new LifecycleStrategySupport() {
              @Override
              public void onContextStopping(CamelContext context) {
                gracefulStop.begin();
              }
            });
    callbacks =
        getCamelContext()
            .getExecutorServiceManager()
            .newFixedThreadPool(this, "inbox-callback", CALLBACK_THREADS);
  }

  Handlers handlers() {
    return handlers;
  }

  GracefulStop stopping() {
    return gracefulStop;
  }

  PayloadVariables variables() {
    return variables;
  }

  /**
   * Has every handler of the source's events get more variables, in the place of those declared
   * before.
   *
   * @param paths by the variable's name, the JSONPath of the payload that fills it
   */
  public void declareVariables(String source, Map<String, String> paths) {
    variables.declare(source, paths);
  }

  /** Opens on first use, when the registry has what it needs. */
  synchronized Inbox inbox() {
    if (inbox == null) {
      Database database =
          CamelContextHelper.mandatoryLookup(getCamelContext(), "database", Database.class);
      Settings settings =
          CamelContextHelper.mandatoryLookup(getCamelContext(), "settings", Settings.class);
      try {
        inbox = new Inbox(database, settings, handlers, callbacks, metrics);
      } catch (SQLException e) {
        throw RuntimeCamelException.wrapRuntimeCamelException(e);
      }
    }
    return inbox;
  }

  /** A test may bind a clock of its own. */
  Clock clock() {
    Clock bound = getCamelContext().getRegistry().lookupByNameAndType("clock", Clock.class);
    return bound == null ? Clock.systemUTC() : bound;
  }

  /**
   * What happened here in one minute; empty when nothing did.
   *
   * @param number minutes since 1970; the last quarter of an hour is known
   */
  public Optional<InboxMinute> minute(long number) {
    return metrics.minute(number);
  }

  /** Lets the metrics show every handler and its source from the start. */
  public void showHandlers() {
    handlers.sources().forEach(metrics::expect);
    handlers.routes().forEach(metrics::expectHandler);
  }

  /** Runs events again, with the handler routes of this process. */
  public Replays replays() {
    Inbox running = inbox();
    return new Replays(running.database(), running.store(), handlers, Clock.systemUTC());
  }

  /**
   * Deletes what has been finished for long.
   *
   * @param clock by which an event is old
   */
  public Retention retention(Clock clock) {
    Inbox running = inbox();
    return new Retention(running.database(), running.store(), running.settings(), clock);
  }

  @Override
  protected synchronized void doStop() throws Exception {
    if (inbox != null) {
      inbox.close(gracefulStop);
      inbox = null;
    }
    super.doStop();
  }

  @Override
  protected void doShutdown() throws Exception {
    getCamelContext().getExecutorServiceManager().shutdown(callbacks);
    super.doShutdown();
  }
}
