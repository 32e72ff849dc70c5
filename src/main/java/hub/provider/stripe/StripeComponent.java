package hub.provider.stripe;

import hub.call.http.BoundedHttpClient;
import hub.config.Settings;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;

/**
 * The component of {@code to: stripe:customers}, with the URI and headers of camel-stripe. It
 * differs in five points: {@code apiKey} is the name of the property or variable with the key;
 * every endpoint has its own client; a POST carries an idempotency key; a request has a time limit;
 * and every method is one request. Needs {@link Settings} and {@link BoundedHttpClient} in the
 * registry.
 */
@Component("stripe")
public final class StripeComponent extends DefaultComponent {
  @Metadata(
      label = "security",
      defaultValue = StripeEndpoint.DEFAULT_KEY,
      description =
          "Name of the property or variable that holds the secret key, never the key itself")
  private String apiKey = StripeEndpoint.DEFAULT_KEY;

  @Metadata(
      defaultValue = StripeEndpoint.DEFAULT_BASE,
      description = "Address of Stripe's API; STRIPE_API_BASE, where set, is the default")
  private String apiBase = "";

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    StripeEndpoint endpoint = new StripeEndpoint(uri, this, remaining);
    endpoint.setApiKey(apiKey);
    endpoint.setApiBase(apiBase);
    setProperties(endpoint, parameters);
    if (StripeEndpoint.isKey(endpoint.getApiKey())) {
      throw new IllegalArgumentException(
          "stripe:"
              + remaining
              + ": apiKey takes the name of the variable that holds the key, not the key");
    }
    return endpoint;
  }

  Settings settings() {
    return CamelContextHelper.mandatoryLookup(getCamelContext(), Settings.BEAN, Settings.class);
  }

  BoundedHttpClient http() {
    return CamelContextHelper.mandatoryLookup(
        getCamelContext(), BoundedHttpClient.BEAN, BoundedHttpClient.class);
  }

  public String getApiKey() {
    return apiKey;
  }

  public void setApiKey(String apiKey) {
    this.apiKey = apiKey;
  }

  public String getApiBase() {
    return apiBase;
  }

  public void setApiBase(String apiBase) {
    this.apiBase = apiBase;
  }
}
