package hub.trial;

import java.net.URISyntaxException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.model.FromDefinition;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.util.URISupport;

/** Opens no webhook: its secret would be one of the installation's. A test starts the route. */
final class ClosedWebhooks extends ModelLifecycleStrategySupport {
  private static final String WEBHOOK = "kamelet:webhook-source";

  private static final String CLOSED = "direct:closed-webhook-";

  private final Map<String, String> schemes = new TreeMap<>();

  /** The scheme of each source whose webhook is closed. */
  Map<String, String> schemes() {
    return schemes;
  }

  static boolean isClosed(RouteDefinition route) {
    return route.getInput().getEndpointUri().startsWith(CLOSED);
  }

  @Override
  public void onAddRouteDefinition(RouteDefinition route) {
    FromDefinition opened = route.getInput();
    if (opened != null && String.valueOf(opened.getEndpointUri()).startsWith(WEBHOOK)) {
      note(opened.getEndpointUri());
      FromDefinition closed = new FromDefinition(CLOSED + route.getId());
      closed.setLocation(opened.getLocation());
      closed.setLineNumber(opened.getLineNumber());
      closed.setParent(route);
      route.setInput(null);
      route.setInput(closed);
    }
  }

  private void note(String uri) {
    try {
      Map<String, Object> parameters = URISupport.parseQuery(uri.replaceFirst("^[^?]*\\??", ""));
      schemes.put(
          String.valueOf(parameters.get("source")), String.valueOf(parameters.get("scheme")));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("the parameters of " + WEBHOOK + " cannot be read", e);
    }
  }
}
