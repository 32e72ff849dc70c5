package hub.call;

import hub.call.http.BoundedHttpClient;
import hub.call.http.HttpStub;
import hub.call.http.PublicAddresses;
import hub.call.policy.CallPolicy;
import hub.call.policy.EndAttempt;
import hub.call.policy.ExceptionReader;
import hub.call.policy.Providers;
import hub.config.Networks;
import hub.config.Setting;
import hub.config.Settings;
import hub.http.LeaveOutNulls;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.LifecycleStrategySupport;

/** Adds to a Camel context what outgoing calls need. */
public final class CallModule {
  private CallModule() {}

  /**
   * Binds {@code providers}, {@code http} and the steps that Kamelets and error policies refer to.
   *
   * @param readers one for each SDK in use, to read its exceptions
   */
  public static Providers install(
      CamelContext context, Settings settings, List<ExceptionReader> readers, Clock clock) {
    Registry registry = context.getRegistry();
    Providers providers = new Providers(settings, readers, clock);
    // Camel's launcher has put its own there already.
    context.removeComponent("kamelet");
    context.addComponent("kamelet", new DecodedKamelets());
    LineBreaks.install(context);
    EndAttempt end = new EndAttempt(providers);
    registry.bind(Providers.BEAN, providers);
    registry.bind(
        CallPolicy.BEAN, HttpStub.isIn(context) ? CallPolicy.withoutWaits() : new CallPolicy());
    registry.bind(LeaveOutNulls.BEAN, new LeaveOutNulls());
    registry.bind("callSucceeded", end.succeeded());
    registry.bind("callFailed", end.failed());
    registry.bind(
        BoundedHttpClient.BEAN,
        BoundedHttpClient.of(
            context,
            Duration.ofSeconds(settings.count(Setting.CALL_CONNECT_SECONDS)),
            settings.count(Setting.CALL_ANSWER_MAX_BYTES),
            clock));
    BoundedHttpClient checked =
        BoundedHttpClient.checked(
            context,
            publicAddresses(registry, settings),
            Duration.ofSeconds(settings.count(Setting.CALL_CONNECT_SECONDS)),
            settings.count(Setting.CALL_ANSWER_MAX_BYTES),
            clock);
    registry.bind(BoundedHttpClient.CHECKED, checked);
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
            checked.close();
          }
        });
    return providers;
  }

  private static PublicAddresses publicAddresses(Registry registry, Settings settings) {
    Networks allowed = Networks.parse(settings.text(Setting.FORWARD_PRIVATE_NETWORKS));
    return Optional.ofNullable(
            registry.lookupByNameAndType(
                PublicAddresses.Resolver.BEAN, PublicAddresses.Resolver.class))
        .map(resolver -> new PublicAddresses(allowed, resolver))
        .orElseGet(() -> new PublicAddresses(allowed));
  }
}
