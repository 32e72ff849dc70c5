package hub.provider.analytics;

import hub.config.Settings;
import java.time.Clock;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Registry;

/** Binds the beans that the routes in {@code routes/analytics} name. */
public final class AnalyticsModule {
  private AnalyticsModule() {}

  public static void install(CamelContext context, Settings settings, Clock clock) {
    Registry registry = context.getRegistry();
    AnalyticsProviders providers = new AnalyticsProviders(context, settings);
    registry.bind(AnalyticsProviders.BEAN, providers);
    AnalyticsRules rules = new AnalyticsRules(clock);
    registry.bind(AnalyticsRules.BEAN, rules);
    registry.bind("acceptTracked", new QueueAnalyticsEvent(AnalyticsEvent.TRACK, providers, rules));
    registry.bind(
        "acceptIdentified", new QueueAnalyticsEvent(AnalyticsEvent.IDENTIFY, providers, rules));
  }
}
