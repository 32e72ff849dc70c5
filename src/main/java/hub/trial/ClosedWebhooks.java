package hub.trial;

import org.apache.camel.model.FromDefinition;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.RouteDefinition;

/** Opens no webhook: its secret would be one of the installation's. A test starts the route. */
final class ClosedWebhooks extends ModelLifecycleStrategySupport {
  private static final String WEBHOOK = "kamelet:webhook-source";

  @Override
  public void onAddRouteDefinition(RouteDefinition route) {
    FromDefinition opened = route.getInput();
    if (opened != null && String.valueOf(opened.getEndpointUri()).startsWith(WEBHOOK)) {
      FromDefinition closed = new FromDefinition("direct:webhook-" + route.getId());
      closed.setLocation(opened.getLocation());
      closed.setLineNumber(opened.getLineNumber());
      closed.setParent(route);
      route.setInput(null);
      route.setInput(closed);
    }
  }
}
