package hub.provider.analytics;

import hub.call.policy.CallFailedException;
import hub.config.Settings;
import hub.inbox.camel.BatchedEvent;
import java.time.Clock;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.Registry;

/** Puts into the registry what the routes in {@code routes/analytics} name. */
public final class AnalyticsModule {
  private AnalyticsModule() {}

  public static void install(CamelContext context, Settings settings) {
    Registry registry = context.getRegistry();
    AnalyticsSettings analytics = new AnalyticsSettings(settings);
    Clock clock = Clock.systemUTC();
    registry.bind("analytics", analytics);
    registry.bind("acceptTracked", new AcceptTracked(Tracked.TRACK, analytics, clock));
    registry.bind("acceptIdentified", new AcceptTracked(Tracked.IDENTIFY, analytics, clock));
    registry.bind("posthogEvents", new PostEvents(new Posthog(analytics, clock)));
    registry.bind("mixpanelEvents", new PostEvents(new MixpanelEvents(analytics)));
    registry.bind("mixpanelProfiles", new PostEvents(new MixpanelProfiles(analytics)));
    registry.bind("batchHalves", new Halves());
  }

  /** What becomes of a batch: taken, or refused and halved until what is refused is alone. */
  public static final class Halves {
    /** Each event that was not refused by itself is done, whatever comes after. */
    public void taken(List<BatchedEvent> batch) {
      batch.forEach(BatchedEvent::done);
    }

    /** For {@code split}. */
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
