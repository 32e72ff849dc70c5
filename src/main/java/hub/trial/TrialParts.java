package hub.trial;

import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;

/** What the context of a hub under test gets beside the hub's own parts. */
record TrialParts(Stages stages, ClosedWebhooks webhooks) implements CamelConfiguration {
  @Override
  public void configure(CamelContext context) {
    context.getCamelContextExtension().registerEndpointCallback(new Outside(stages));
    context.getCamelContextExtension().addInterceptStrategy(new StepWatch(stages));
    ModelCamelContext model = (ModelCamelContext) context;
    model.addModelLifecycleStrategy(webhooks);
    model.addModelLifecycleStrategy(new QuickRedelivery(context));
    context.addRoutePolicyFactory((ctx, routeId, route) -> new HandlerEnds(stages));
  }
}
