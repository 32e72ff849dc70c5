package hub.monitoring;

import hub.call.policy.Providers;
import hub.catchup.CatchUpTable;
import hub.config.Settings;
import hub.db.Database;
import hub.inbox.camel.InboxComponent;
import hub.inbox.db.InboxTimes;
import hub.inbox.db.OrphanedDeliveries;
import hub.monitoring.alert.AlertChannels;
import hub.monitoring.alert.AlertStore;
import hub.monitoring.alert.Alerts;
import hub.monitoring.alert.Measurements;
import hub.monitoring.alert.SourceSilence;
import hub.monitoring.health.CamelHealthCheck;
import hub.monitoring.health.HealthBoard;
import hub.monitoring.health.HealthCheck;
import hub.monitoring.health.HealthChecks;
import hub.monitoring.stats.BacklogGauges;
import hub.monitoring.stats.Charts;
import hub.monitoring.stats.MinuteStatsStore;
import hub.monitoring.stats.MinuteStatsWriter;
import hub.monitoring.stats.RecentFetches;
import hub.monitoring.stats.RecentInboxCounts;
import hub.webhook.WebhookMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Collection;
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

/** Adds health checks, statistics and alerts to the Camel context. */
public final class MonitoringModule {
  private static final Logger LOG = LoggerFactory.getLogger("hub.alert");
  private static final String WEBHOOKS = "/api/webhooks/";

  private final MinuteStatsWriter minuteStats;

  private MonitoringModule(MinuteStatsWriter minuteStats) {
    this.minuteStats = minuteStats;
  }

  /**
   * Binds the health checks, the gauges, and the beans that the routes in {@code routes/alerts}
   * use.
   */
  public static MonitoringModule install(
      CamelContext context,
      Settings settings,
      Database database,
      Providers providers,
      WebhookMetrics webhooks,
      Clock clock)
      throws Exception {
    Registry registry = context.getRegistry();
    RecentInboxCounts recentInboxCounts = new RecentInboxCounts(database, clock);
    OrphanedDeliveries orphanedDeliveries = new OrphanedDeliveries(database);
    RecentFetches fetches = new RecentFetches(database, clock);
    HealthChecks healthChecks =
        new HealthChecks(
            context,
            settings,
            database,
            providers,
            recentInboxCounts,
            orphanedDeliveries,
            fetches,
            clock);
    healthChecks
        .ofTheHub()
        .forEach(
            healthCheck -> registry.bind("check-" + healthCheck.name(), camelCheck(healthCheck)));
    registry.bind("check-process", CamelHealthCheck.liveness(healthChecks.liveness()));
    registry.bind("check-providers", CamelHealthCheck.informational(healthChecks.providers()));
    HealthBoard health = new HealthBoard(healthChecks, clock);

    MinuteStatsStore store = new MinuteStatsStore(database);
    // Kept, because a stopped context would create a new component.
    AtomicReference<InboxComponent> inbox = new AtomicReference<>();
    MinuteStatsWriter minuteStats =
        new MinuteStatsWriter(
            store,
            minute -> Optional.ofNullable(inbox.get()).flatMap(known -> known.minute(minute)),
            webhooks::signatureFailures,
            providers::all,
            clock);
    SourceSilence sourceSilence =
        new SourceSilence(new InboxTimes(database), () -> sources(context), clock);
    Alerts alerts =
        new Alerts(
            new AlertStore(database),
            new Measurements(
                recentInboxCounts,
                store,
                orphanedDeliveries,
                sourceSilence,
                new CatchUpTable(database, clock),
                fetches,
                clock),
            clock);
    AlertChannels channels = new AlertChannels(settings);
    registry.bind(Alerts.BEAN, alerts);
    registry.bind("alertChannels", channels);
    context.addRoutes(new MonitoringApi(health, new Charts(store, clock), alerts));
    context.addRoutes(ticker(minuteStats, health));
    BacklogGauges gauges = new BacklogGauges(recentInboxCounts, clock);
    context.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStarted(CamelContext started) {
            inbox.set(context.getComponent("inbox", InboxComponent.class));
            Optional.ofNullable(registry.findSingleByType(MeterRegistry.class))
                .ifPresent(
                    meters -> {
                      gauges.register(meters);
                      fetches.register(meters);
                    });
            showMetrics();
            if (!alerts.isEmpty() && !channels.email() && !channels.slack()) {
              LOG.info(
                  "alerts are sent to nobody, only shown by /api/admin/alerts: set HUB_ALERT_EMAIL"
                      + " or HUB_ALERT_SLACK_URL");
            }
          }

          @Override
          public void onRoutesAdd(Collection<Route> added) {
            if (context.isStarted()) {
              showMetrics();
            }
          }

          /** Again after routes have been added: what is there already stays. */
          private void showMetrics() {
            if (registry.findSingleByType(MeterRegistry.class) != null) {
              sources(context).forEach(webhooks::register);
              inbox.get().showHandlers();
            }
          }
        });
    return new MonitoringModule(minuteStats);
  }

  private static CamelHealthCheck camelCheck(HealthCheck healthCheck) {
    return healthCheck.name().equals("event-store")
        ? CamelHealthCheck.readiness(healthCheck)
        : CamelHealthCheck.informational(healthCheck);
  }

  /** The sources that have a webhook route. */
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

  private static RouteBuilder ticker(MinuteStatsWriter minuteStats, HealthBoard health) {
    return new RouteBuilder() {
      @Override
      public void configure() {
        from("timer:figures?delay=2000&period=2000")
            .routeId("write-figures")
            .routeDescription("Writes the statistics of every minute.")
            .process(exchange -> minuteStats.tick());
        from("timer:health?delay=60000&period=60000")
            .routeId("look-at-health")
            .routeDescription(
                "Runs every health check once a minute, to know since when each is in its state.")
            .process(exchange -> health.json());
      }
    };
  }

  /**
   * Writes the remaining minutes; to be called after the routes have stopped and before the
   * database closes.
   */
  public void writeLast() {
    minuteStats.writeLast();
  }
}
