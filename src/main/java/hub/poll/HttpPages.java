package hub.poll;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.http.HttpApiCall;
import hub.call.http.HttpPage;
import hub.call.http.ProviderResponse;
import hub.call.policy.BeginAttempt;
import hub.call.policy.PolicyCall;
import hub.call.policy.Providers;
import hub.util.Json;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Asks an HTTP API for the pages of a list: each is one call under the policy, as {@code
 * http-api-action} would make it. Thread-safe.
 */
public final class HttpPages implements PageSource, AutoCloseable {
  private final CamelContext context;
  private final HttpApiCall request = new HttpApiCall();
  private final BeginAttempt begin = new BeginAttempt();
  private final PolicyCall call;
  private final ItemFields items;
  private final NextPage next;

  /**
   * @param requestParameters parameters of {@code http-api-action} for the request; empty ones are
   *     left out
   * @param policyParameters properties of {@link BeginAttempt}, with {@code provider} and {@code
   *     operation}; empty ones are left out
   * @param stopped ends the wait for a page
   * @throws IllegalArgumentException for a parameter that cannot be used
   */
  public HttpPages(
      CamelContext context,
      Map<String, Object> requestParameters,
      Map<String, Object> policyParameters,
      ItemFields items,
      NextPage next,
      BooleanSupplier stopped) {
    this.context = context;
    this.items = items;
    this.next = next;
    request.setCamelContext(context);
    begin.setCamelContext(context);
    bind(request, RequestProperties.of(requestParameters));
    bind(begin, policyParameters);
    ServiceHelper.startService(request, begin);
    Providers providers =
        CamelContextHelper.mandatoryLookup(context, Providers.BEAN, Providers.class);
    this.call =
        new PolicyCall(
            providers, policyParameters.get("provider").toString(), begin, request, stopped);
  }

  private void bind(Object target, Map<String, Object> parameters) {
    Map<String, Object> given = new HashMap<>(parameters);
    given.values().removeIf(value -> value.toString().isBlank());
    PropertyBindingSupport.build()
        .withCamelContext(context)
        .withTarget(target)
        .withProperties(given)
        .withMandatory(true)
        .bind();
  }

  @Override
  public ListPage ask(UnaryOperator<URI> address) throws Exception {
    Exchange exchange = new DefaultExchange(context);
    HttpPage page = new HttpPage(address);
    page.attachTo(exchange);
    call.make(exchange);
    ProviderResponse response = page.response();
    if (response.body().length == 0) {
      // 204 and the like: there is nothing.
      return new ListPage(List.of(), Optional.empty());
    }
    JsonNode document =
        Json.parseLastWins(response.body())
            .orElseThrow(
                () -> new PageFaultException("its page " + Json.complaint(response.body())));
    return new ListPage(
        items.in(response.body(), document), next.after(page.asked(), response, document));
  }

  @Override
  public void close() {
    ServiceHelper.stopService(begin, request);
  }
}
