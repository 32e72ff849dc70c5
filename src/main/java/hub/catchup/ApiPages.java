package hub.catchup;

import hub.call.http.HttpApiCall;
import hub.call.http.HttpPage;
import hub.call.http.ProviderResponse;
import hub.call.policy.BeginAttempt;
import hub.call.policy.CallFailedException;
import hub.call.policy.PolicyCall;
import hub.call.policy.Providers;
import hub.poll.RequestProperties;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.support.service.ServiceHelper;

/**
 * One operation of a provider's API that is asked page by page, each a call under the policy of all
 * outgoing calls. Of one thread.
 */
final class ApiPages {
  private final CamelContext context;
  private final String provider;
  private final BooleanSupplier stopped;
  private final HttpApiCall request = new HttpApiCall();
  private final BeginAttempt begin = new BeginAttempt();
  private PolicyCall call;

  /**
   * Makes no call, and nothing that a dry start could not make.
   *
   * @param api parameters of {@code http-api-action} for the request; empty ones are left out
   * @param policy properties of {@link BeginAttempt} besides provider and operation; likewise
   * @param stopped ends the wait for a page
   * @throws IllegalArgumentException for a parameter that cannot be used
   */
  ApiPages(
      CamelContext context,
      String provider,
      String operation,
      Map<String, String> api,
      Map<String, String> policy,
      BooleanSupplier stopped) {
    this.context = context;
    this.provider = provider;
    this.stopped = stopped;
    request.setCamelContext(context);
    begin.setCamelContext(context);
    bind(request, RequestProperties.of(api));
    bind(begin, policy);
    begin.setProvider(provider);
    begin.setOperation(operation);
  }

  private void bind(Object target, Map<String, ?> parameters) {
    Map<String, Object> given = new HashMap<>(parameters);
    given.values().removeIf(value -> value.toString().isBlank());
    PropertyBindingSupport.build()
        .withCamelContext(context)
        .withTarget(target)
        .withProperties(given)
        .withMandatory(true)
        .bind();
  }

  /**
   * @param address makes the page's address of the one that the parameters give
   * @throws CallFailedException when the page did not come
   * @throws java.util.concurrent.CancellationException when it was stopped
   */
  ProviderResponse ask(UnaryOperator<URI> address) throws Exception {
    if (call == null) {
      ServiceHelper.startService(request, begin);
      call =
          new PolicyCall(
              CamelContextHelper.mandatoryLookup(context, Providers.BEAN, Providers.class),
              provider,
              begin,
              request,
              stopped);
    }
    Exchange exchange = new DefaultExchange(context);
    HttpPage page = new HttpPage(address);
    page.attachTo(exchange);
    call.make(exchange);
    return page.response();
  }
}
