package hub.trial;

import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.RedeliveryPolicyDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;

/** Redelivers as often as the routes and policies say, but without their waits. */
final class QuickRedelivery extends ModelLifecycleStrategySupport {
  private static final String MILLIS = "1";

  private final CamelContext context;

  QuickRedelivery(CamelContext context) {
    this.context = context;
  }

  @Override
  public void onAddRouteDefinition(RouteDefinition route) {
    for (RouteConfigurationDefinition policy :
        ((ModelCamelContext) context).getRouteConfigurationDefinitions()) {
      if (policy.getErrorHandler() != null
          && policy.getErrorHandler().getErrorHandlerType()
              instanceof DefaultErrorHandlerDefinition handler) {
        hurry(handler.getRedeliveryPolicy());
      }
      policy.getOnExceptions().forEach(rule -> hurry(rule.getRedeliveryPolicyType()));
    }
    route.getOutputs().stream()
        .filter(OnExceptionDefinition.class::isInstance)
        .map(OnExceptionDefinition.class::cast)
        .forEach(rule -> hurry(rule.getRedeliveryPolicyType()));
    if (route.getErrorHandlerFactory() instanceof DefaultErrorHandlerDefinition handler) {
      hurry(handler.getRedeliveryPolicy());
    }
  }

  private static void hurry(RedeliveryPolicyDefinition policy) {
    if (policy != null && policy.getRedeliveryDelay() != null) {
      policy.setRedeliveryDelay(MILLIS);
      policy.setUseExponentialBackOff("false");
    }
  }
}
