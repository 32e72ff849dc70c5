package hub.webhook;

import hub.webhook.verify.WebhookScheme;
import java.util.List;
import org.apache.camel.builder.RouteBuilder;

/**
 * The sources of {@code hub.sources}: each a route as one would write it for a shipped scheme, from
 * the Kamelet to the inbox.
 */
public final class OpenedSources extends RouteBuilder {
  private final List<WebhookScheme> schemes;

  /**
   * @param schemes of which each is opened under its name
   */
  public OpenedSources(List<WebhookScheme> schemes) {
    this.schemes = schemes;
  }

  @Override
  public void configure() {
    for (WebhookScheme scheme : schemes) {
      String name = scheme.name();
      from("kamelet:webhook-source?source=" + name + "&scheme=" + name + "&optional=true")
          .routeId(name + "-webhook")
          .routeDescription(
              "Receives the webhooks of " + scheme.about().title() + ", as hub.sources asks for.")
          .to("inbox:" + name)
          .id("store-" + name + "-event");
    }
  }
}
