package hub.watch;

import hub.edge.WebhookMetrics;
import hub.inbox.InboxComponent;
import hub.inbox.InboxTimes;
import hub.outbound.Providers;
import hub.settings.Settings;
import hub.store.Database;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts what watches the hub into its Camel context. */
public final class WatchParts {
  private static final Logger LOG = LoggerFactory.getLogger("hub.alert");
  private static final String WEBHOOKS = "/api/webhooks/";

  private final FigureWriter figures;

  private WatchParts(FigureWriter figures) {
    this.figures = figures;
  }

  /** Binds the checks, the gauges, and the parts that the routes in {@code routes/alerts} name. */
  public static WatchParts addTo(
      CamelContext context,
      Settings settings,
      Database database,
      Providers providers,
      WebhookMetrics webhooks,
      Clock clock)
      throws Exception {
    Registry registry = context.getRegistry();
    Standings standings = new Standings(database, clock);
    Checks checks = new Checks(context, settings, database, providers, standings, clock);
    checks.ofTheHub().forEach(check -> registry.bind("check-" + check.name(), camelCheck(check)));
    registry.bind("check-process", CamelCheck.vital(checks.vital()));
    registry.bind("check-providers", CamelCheck.informative(checks.providers()));
    HealthBoard health = new HealthBoard(checks, clock);

    FigureStore store = new FigureStore(database);
    // Kept: a context that has stopped would answer with a new one.
    AtomicReference<InboxComponent> inbox = new AtomicReference<>();
    FigureWriter figures =
        new FigureWriter(
            store,
            minute -> Optional.ofNullable(inbox.get()).flatMap(known -> known.minute(minute)),
            webhooks::unproven,
            providers::all,
            clock);
    Silences silences = new Silences(new InboxTimes(database), () -> sources(context), clock);
    Alerts alerts =
        new Alerts(
            new AlertStore(database), new Measures(standings, store, silences, clock), clock);
    AlertChannels channels = new AlertChannels(settings);
    registry.bind("alerts", alerts);
    registry.bind("alertChannels", channels);
    registry.bind("slackPost", new SlackPost(channels));
    context.addRoutes(new WatchApi(health, new Charts(store, clock), alerts));
    context.addRoutes(ticker(figures, health));
    BacklogGauges gauges = new BacklogGauges(standings, clock);
    context.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStarted(CamelContext started) {
            inbox.set(context.getComponent("inbox", InboxComponent.class));
            Optional.ofNullable(registry.findSingleByType(MeterRegistry.class))
                .ifPresent(
                    meters -> {
                      gauges.register(meters);
                      sources(context).forEach(webhooks::expect);
                      inbox.get().showHandlers();
                    });
            if (!alerts.isEmpty() && !channels.email() && !channels.slack()) {
              LOG.info(
                  "alerts are told to nobody, only shown by /api/admin/alerts: set HUB_ALERT_EMAIL"
                      + " or HUB_ALERT_SLACK_URL");
            }
          }
        });
    return new WatchParts(figures);
  }

  private static CamelCheck camelCheck(Check check) {
    return check.name().equals("event-store")
        ? CamelCheck.decisive(check)
        : CamelCheck.informative(check);
  }

  /** Sources that somebody outside sends to. */
  private static Set<String> sources(CamelContext context) {
    Set<String> sources = new TreeSet<>();
    for (Route route : context.getRoutes()) {
      if (route.getEndpoint() instanceof PlatformHttpEndpoint endpoint
          && endpoint.getPath().startsWith(WEBHOOKS)) {
        sources.add(endpoint.getPath().substring(WEBHOOKS.length()));
      }
    }
    return sources;
  }

  private static RouteBuilder ticker(FigureWriter figures, HealthBoard health) {
    return new RouteBuilder() {
      @Override
      public void configure() {
        from("timer:figures?delay=2000&period=2000")
            .routeId("write-figures")
            .routeDescription("Writes, every minute in which something happened, what it was.")
            .process(exchange -> figures.tick());
        from("timer:health?delay=60000&period=60000")
            .routeId("look-at-health")
            .routeDescription("Looks at every check once a minute, so that it is known since when.")
            .process(exchange -> health.json());
      }
    };
  }

  /** Writes what has not been written yet; when nothing works any more, and the store is open. */
  public void writeLast() {
    figures.last();
  }
}
