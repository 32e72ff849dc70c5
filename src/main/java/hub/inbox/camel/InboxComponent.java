package hub.inbox.camel;

import hub.config.Settings;
import hub.db.Database;
import hub.db.StoreUnavailableException;
import hub.db.TransactionLimits;
import hub.inbox.db.NewEvent;
import hub.inbox.engine.Appender;
import hub.inbox.engine.GracefulStop;
import hub.inbox.engine.Handlers;
import hub.inbox.engine.Inbox;
import hub.inbox.engine.InboxMetrics;
import hub.inbox.engine.InboxMinute;
import hub.inbox.engine.LeftOut;
import hub.inbox.engine.Rehearsal;
import hub.inbox.engine.Replays;
import hub.inbox.engine.Retention;
import hub.inbox.engine.StopBudget;
import hub.util.HubClock;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * The component {@code inbox}. {@code to: inbox:shop} stores an event and goes on after the commit.
 * {@code from: inbox:shop?types=order.*} handles it at least once, until it is done or its attempts
 * are used up. Needs a {@link Database} and {@link Settings} in the registry.
 */
@Component("inbox")
public final class InboxComponent extends DefaultComponent {
  /** Those of the session stay. */
  private static final TransactionLimits NO_LIMITS =
      new TransactionLimits(Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /** Enough for routes that only write a response after the append; longer steps run here, too. */
  private static final int CALLBACK_THREADS = 4;

  /** Asked for the conditions of handlers, which are there once the component has its context. */
  private final Handlers handlers = new Handlers(written -> conditions().read(written));

  /** Whether all routes have started once, so that other nodes may count on the handlers. */
  private volatile boolean served;

  private final PayloadVariables variables = new PayloadVariables();
  private ExecutorService callbacks;
  private GracefulStop gracefulStop;

  /** Outlives the inbox: its last minute is read after the inbox has closed. */
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
              public void onContextStarted(CamelContext context) {
                served = true;
              }

              @Override
              public void onContextStopping(CamelContext context) {
                gracefulStop.begin();
              }
            });
    getCamelContext()
        .addStartupListener(
            (context, started) -> TransactedChoice.checkAll((ModelCamelContext) context));
    callbacks =
        getCamelContext()
            .getExecutorServiceManager()
            .newFixedThreadPool(this, "inbox-callback", CALLBACK_THREADS);
  }

  Handlers handlers() {
    return handlers;
  }

  Conditions conditions() {
    return new Conditions(getCamelContext(), variables);
  }

  GracefulStop gracefulStop() {
    return gracefulStop;
  }

  PayloadVariables variables() {
    return variables;
  }

  /**
   * Declares the variables that every handler of the source gets from the payload. Replaces earlier
   * declarations of the source.
   *
   * @param paths JSONPath of the payload by name of the variable
   */
  public void declareVariables(String source, Map<String, String> paths) {
    variables.declare(source, paths);
  }

  /** Opened on first use, when the registry is complete. */
  synchronized Inbox inbox() {
    if (inbox == null) {
      Database database =
          CamelContextHelper.mandatoryLookup(getCamelContext(), Database.BEAN, Database.class);
      Settings settings =
          CamelContextHelper.mandatoryLookup(getCamelContext(), Settings.BEAN, Settings.class);
      try {
        inbox = new Inbox(database, settings, handlers, callbacks, metrics, clock());
      } catch (SQLException e) {
        throw RuntimeCamelException.wrapRuntimeCamelException(e);
      }
    }
    return inbox;
  }

  Clock clock() {
    return HubClock.of(getCamelContext());
  }

  /**
   * What the inbox of this process did in one minute; empty when nothing.
   *
   * @param number minutes since 1970; the last fifteen are kept
   */
  public Optional<InboxMinute> minute(long number) {
    return metrics.minute(number);
  }

  /**
   * Keeps these handler routes known while new versions take their places: their events wait, and
   * none is ignored.
   *
   * @return ends it: routes without a new version are removed
   */
  public Runnable exchange(Collection<String> routes) {
    return handlers.exchange(routes);
  }

  /** Registers the metrics of every handler and source at 0. */
  public void showHandlers() {
    handlers.sources().forEach(metrics::expect);
    handlers.routes().forEach(metrics::expectHandler);
  }

  /** Runs events again, with the handler routes of this process. */
  public Replays replays() {
    Inbox running = inbox();
    return new Replays(running.database(), running.store(), handlers, clock());
  }

  /** Stores events for parts of the hub that are no steps of a route. */
  public Appender appender() {
    return (events, replayKey, callback) ->
        inbox().eventWriter().append(events, replayKey, callback);
  }

  /**
   * Runs {@code work} in one transaction: what it does by {@link Database#joining}, and what it
   * appends on its thread, are committed together or not at all.
   *
   * @throws StoreUnavailableException as {@link Database#inTransaction}, or when the thread is
   *     interrupted
   */
  public <T> T inTransaction(Database.Work<T> work) throws SQLException {
    AtomicReference<T> result = new AtomicReference<>();
    inbox()
        .transactions()
        .commit(
            transaction -> {
              result.set(work.on(transaction.connection()));
              return List.of();
            },
            NO_LIMITS,
            false);
    return result.get();
  }

  /** Those of a source's provider ids under which an event is stored. */
  public Set<String> stored(String source, Collection<String> providerEventIds)
      throws SQLException {
    Inbox running = inbox();
    return running
        .database()
        .read(connection -> running.store().storedIds(connection, source, providerEventIds));
  }

  /** The type patterns of every known handler of a source; an empty text takes every type. */
  public List<String> handledTypes(String source) {
    return handlers.typesOf(source);
  }

  /**
   * The handlers of an event's source that have no part in it, by the routes of today.
   *
   * @param taking routes that have a part
   */
  public List<LeftOut> leftOut(NewEvent event, Collection<String> taking) {
    return handlers.leftOut(event, taking);
  }

  /** Appends that are rolled back; close it. */
  public Rehearsal rehearsal() {
    return inbox().eventWriter().rehearsal();
  }

  /** The step {@code to: inbox:}, but what it appends goes to {@code rehearsal}. */
  public AsyncProcessor rehearsing(String source, Supplier<Rehearsal> rehearsal) {
    InboxEndpoint endpoint = new InboxEndpoint("inbox:" + source, this, source);
    return new InboxProducer(
        endpoint,
        (events, replayKey, callback) -> rehearsal.get().append(events, replayKey, callback));
  }

  /**
   * Deletes old finished events.
   *
   * @param clock decides which events are old
   */
  public Retention retention(Clock clock) {
    Inbox running = inbox();
    return new Retention(running.database(), running.store(), running.settings(), clock);
  }

  @Override
  protected synchronized void doStop() throws Exception {
    if (inbox != null) {
      inbox.close(gracefulStop, served);
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
