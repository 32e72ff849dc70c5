package hub.provider.analytics;

import hub.call.policy.CallFailedException;
import hub.config.Settings;
import hub.inbox.camel.BatchedEvent;
import java.time.Clock;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.Registry;

/** Binds the beans that the routes in {@code routes/analytics} name. */
public final class AnalyticsModule {
  private AnalyticsModule() {}

  public static void install(CamelContext context, Settings settings, Clock clock) {
    Registry registry = context.getRegistry();
    AnalyticsSettings analytics = new AnalyticsSettings(settings);
    registry.bind("analytics", analytics);
    AnalyticsRules rules = new AnalyticsRules(clock);
    registry.bind(AnalyticsRules.BEAN, rules);
    registry.bind("acceptTracked", new QueueAnalyticsEvent(AnalyticsEvent.TRACK, analytics, rules));
    registry.bind(
        "acceptIdentified", new QueueAnalyticsEvent(AnalyticsEvent.IDENTIFY, analytics, rules));
    registry.bind("posthogEvents", new SendEventBatch(new Posthog(analytics, clock)));
    registry.bind("mixpanelEvents", new SendEventBatch(new MixpanelEvents(analytics)));
    registry.bind("mixpanelProfiles", new SendEventBatch(new MixpanelProfiles(analytics)));
    registry.bind("batchHalves", new Halves());
  }

  /** Marks the events of a batch. A rejected batch is halved until the rejected event is alone. */
  public static final class Halves {
    /** Marks each event as done that was not rejected individually. */
    public void taken(List<BatchedEvent> batch) {
      batch.forEach(BatchedEvent::done);
    }

    /** The two halves of a batch, for {@code split}. */
    public List<List<BatchedEvent>> of(List<BatchedEvent> batch) {
      int middle = batch.size() / 2;
      return List.of(batch.subList(0, middle), batch.subList(middle, batch.size()));
    }

    public void park(List<BatchedEvent> batch, Exchange exchange) {
      CallFailedException refusal =
          exchange.getProperty(Exchange.EXCEPTION_CAUGHT, CallFailedException.class);
      batch.forEach(event -> event.park(refusal.getMessage()));
    }
  }
}
