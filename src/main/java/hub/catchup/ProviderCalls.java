package hub.catchup;

import hub.call.http.BoundedHttpClient;
import hub.call.http.HttpGet;
import hub.call.http.ProviderResponse;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallPolicy;
import java.io.IOException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.CamelContextHelper;

/**
 * Asks providers under the policy of all outgoing calls: limits, retries, circuit breaker, figures.
 * A route for each provider and operation is made when it is first needed. Thread-safe.
 */
final class ProviderCalls {
  private static final String ROUTE = "catch-up-";

  private final CamelContext context;
  private ProducerTemplate template;
  private HttpGet step;

  ProviderCalls(CamelContext context) {
    this.context = context;
  }

  /**
   * Waits for the answer, its retries included.
   *
   * @param ratePerSecond most calls a second to the provider; 0: as many as it takes
   * @throws CallFailedException when the provider refused, or did not answer with JSON
   */
  ProviderResponse get(
      String provider, String operation, int ratePerSecond, HttpGet.Request request)
      throws IOException {
    Exchange done =
        prepared(provider, operation, ratePerSecond)
            .send(
                direct(provider, operation) + "?block=false",
                exchange -> exchange.getMessage().setBody(request));
    if (done.getException() instanceof RuntimeException failure) {
      throw failure;
    }
    if (done.getException() != null) {
      throw new IOException(done.getException().getMessage(), done.getException());
    }
    return done.getMessage().getBody(ProviderResponse.class);
  }

  private static String routeId(String provider, String operation) {
    return ROUTE + provider + "-" + operation;
  }

  private static String direct(String provider, String operation) {
    return "direct:" + routeId(provider, operation);
  }

  private synchronized ProducerTemplate prepared(
      String provider, String operation, int ratePerSecond) throws IOException {
    try {
      if (template == null) {
        step =
            new HttpGet(
                CamelContextHelper.mandatoryLookup(
                    context, BoundedHttpClient.BEAN, BoundedHttpClient.class));
        template = context.createProducerTemplate();
        context.addService(template);
      }
      if (context.getRoute(routeId(provider, operation)) == null) {
        context.addRoutes(new CallRoute(provider, operation, ratePerSecond, step));
      }
      return template;
    } catch (Exception e) {
      throw new IOException("the call to " + provider + " cannot be prepared: " + e, e);
    }
  }

  /** The route of one operation of one provider. */
  private static final class CallRoute extends RouteBuilder {
    private final String provider;
    private final String operation;
    private final int ratePerSecond;
    private final HttpGet step;

    CallRoute(String provider, String operation, int ratePerSecond, HttpGet step) {
      this.provider = provider;
      this.operation = operation;
      this.ratePerSecond = ratePerSecond;
      this.step = step;
    }

    @Override
    public void configure() {
      CallPolicy policy =
          getContext().getRegistry().lookupByNameAndType(CallPolicy.BEAN, CallPolicy.class);
      onException(CallFailedException.class)
          .onExceptionOccurred(policy)
          .retryWhile(method(policy, "mayRetry"))
          .asyncDelayedRedelivery()
          .logRetryAttempted(false)
          .logExhausted(false);
      from(direct(provider, operation))
          .routeId(routeId(provider, operation))
          .routeDescription("Asks " + provider + " for what it could not deliver.")
          .kamelet(
              "provider-call-action?provider="
                  + provider
                  + "&operation="
                  + operation
                  + "&ratePerSecond="
                  + ratePerSecond)
          .process(step)
          .end();
    }
  }
}
