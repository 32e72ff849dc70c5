package hub.webhook;

import hub.webhook.verify.SchemeCatalog;
import org.apache.camel.spi.PropertiesFunction;

/**
 * Tells the Kamelet of webhook sources which HTTP methods a scheme's sender uses: {@code
 * {{webhook-methods:SCHEME}}} is {@code POST}, or {@code GET,POST}.
 */
public record WebhookMethods(SchemeCatalog catalog) implements PropertiesFunction {
  /** Name of the function. */
  public static final String NAME = "webhook-methods";

  @Override
  public String getName() {
    return NAME;
  }

  /** An unknown scheme, which stops the route's start, posts. */
  @Override
  public String apply(String scheme) {
    return catalog.named(scheme).filter(one -> one.responses().takesGet()).isPresent()
        ? "GET,POST"
        : "POST";
  }
}
