package hub.outbound;

import hub.settings.Setting;
import hub.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.LifecycleStrategySupport;

/** Puts what calls out need into a Camel context. */
public final class CallParts {
  private CallParts() {}

  /**
   * Binds {@code providers}, {@code http}, and the steps that the Kamelets and policies name.
   *
   * @param readers know the exceptions of the SDKs in use
   */
  public static Providers addTo(
      CamelContext context, Settings settings, List<FailureReader> readers, Clock clock) {
    Registry registry = context.getRegistry();
    Providers providers = new Providers(settings, readers, clock);
    context.addComponent("kamelet", new Kamelets());
    LineBreaks.keepIn(context);
    EndCall end = new EndCall(providers);
    registry.bind("providers", providers);
    registry.bind("callPolicy", new CallPolicy());
    registry.bind("callSucceeded", end.succeeded());
    registry.bind("callFailed", end.failed());
    registry.bind(
        "http",
        new GuardedHttp(
            Duration.ofSeconds(settings.count(Setting.CALL_CONNECT_SECONDS)),
            settings.count(Setting.CALL_ANSWER_MAX_BYTES)));
    context.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStarted(CamelContext started) {
            Optional.ofNullable(registry.findSingleByType(MeterRegistry.class))
                .ifPresent(providers::bindTo);
          }

          @Override
          public void onContextStopped(CamelContext stopped) {
            providers.close();
          }
        });
    return providers;
  }
}
