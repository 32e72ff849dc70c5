package hub.identity.login;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import hub.call.http.BoundedHttpClient;
import hub.call.http.ProviderResponse;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.call.policy.CallPolicy;
import hub.http.HeaderNames;
import hub.http.RequestContext;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;

/**
 * Calls to login providers: one route for each provider and call, under the same policy as all
 * outgoing calls. Thread-safe once started.
 */
final class LoginCalls extends RouteBuilder {
  private final BoundedHttpClient http;
  private volatile List<LoginProvider> providers;
  private ProducerTemplate template;

  /** Deadline of the calls of this thread, see {@link #within}; by {@link System#nanoTime}. */
  private final ThreadLocal<Long> deadline = new ThreadLocal<>();

  LoginCalls(Collection<LoginProvider> providers, BoundedHttpClient http) {
    this.providers = List.copyOf(providers);
    this.http = http;
  }

  @Override
  public void configure() throws Exception {
    template = getContext().createProducerTemplate();
    getContext().addService(template);
    addRoutes(this, getContext());
  }

  /** Replaces the routes by those to other providers; a call that begins meanwhile waits. */
  void replace(Collection<LoginProvider> others) throws Exception {
    ModelCamelContext context = (ModelCamelContext) getContext();
    for (LoginProvider provider : providers) {
      for (LoginCall call : callsTo(provider)) {
        RouteDefinition route = context.getRouteDefinition(routeId(provider, call));
        if (route != null) {
          context.removeRouteDefinition(route);
        }
      }
    }
    providers = List.copyOf(others);
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            LoginCalls.this.addRoutes(this, context);
          }
        });
  }

  private void addRoutes(RouteBuilder builder, CamelContext context) {
    CallPolicy policy =
        context.getRegistry().lookupByNameAndType(CallPolicy.BEAN, CallPolicy.class);
    builder
        .onException(CallFailedException.class)
        .onExceptionOccurred(policy)
        .retryWhile(builder.method(policy, "mayRetry"))
        .asyncDelayedRedelivery()
        .logRetryAttempted(false)
        .logExhausted(false);
    for (LoginProvider provider : providers) {
      callsTo(provider).forEach(call -> route(builder, provider, call));
    }
  }

  private static Set<LoginCall> callsTo(LoginProvider provider) {
    Set<LoginCall> calls =
        EnumSet.of(
            LoginCall.EXCHANGE_CODE,
            LoginCall.REFRESH_TOKEN,
            LoginCall.REVOKE_TOKEN,
            LoginCall.SHOW_USER);
    if (provider.issuer().isPresent()) {
      calls.addAll(Set.of(LoginCall.DISCOVER, LoginCall.FETCH_KEYS));
    }
    if (provider.emailsUrl().isPresent()) {
      calls.add(LoginCall.LIST_EMAILS);
    }
    return calls;
  }

  private static String routeId(LoginProvider provider, LoginCall call) {
    return provider.calledAs() + "-" + call.operation();
  }

  private void route(RouteBuilder builder, LoginProvider provider, LoginCall call) {
    builder
        .from(address(provider, call))
        .routeId(routeId(provider, call))
        .routeDescription("Asks " + provider.name() + ": " + call.operation() + ".")
        .kamelet(
            "provider-call-action?provider="
                + provider.calledAs()
                + "&operation="
                + call.operation()
                + "&needs="
                + String.join(",", provider.missing()))
        .process(new SendProviderRequest(provider, call, http))
        .end();
  }

  private static String address(LoginProvider provider, LoginCall call) {
    return "direct:" + provider.calledAs() + "-" + call.operation();
  }

  /**
   * Sends a request and waits for the answer, including retries.
   *
   * @param requestId the id of the request that needs the call, for the log; empty: none
   * @throws CallFailedException when the provider refused, was unreachable or too slow, or its
   *     answer cannot be read: it must be JSON, and a token may also come as a form
   */
  ProviderResponse ask(
      LoginProvider provider, LoginCall call, HTTPRequest request, Optional<String> requestId) {
    Exchange done =
        awaited(
            provider,
            template.asyncSend(
                address(provider, call),
                exchange -> {
                  exchange.getMessage().setBody(request);
                  requestId.ifPresent(
                      id -> {
                        exchange.getMessage().setHeader(HeaderNames.REQUEST_ID, id);
                        exchange.setProperty(RequestContext.REQUEST_ID_PROPERTY, id);
                      });
                }));
    if (done.getException() instanceof RuntimeException failure) {
      throw failure;
    }
    if (done.getException() != null) {
      throw new IllegalStateException(done.getException());
    }
    return done.getMessage().getBody(ProviderResponse.class);
  }

  /**
   * Runs {@code work}, whose calls together may take {@code time}; a later call fails with a
   * timeout.
   */
  <T> T within(Duration time, Supplier<T> work) {
    deadline.set(System.nanoTime() + time.toNanos());
    try {
      return work.get();
    } finally {
      deadline.remove();
    }
  }

  private Exchange awaited(LoginProvider provider, CompletableFuture<Exchange> pending) {
    try {
      Long end = deadline.get();
      return end == null
          ? pending.get()
          : pending.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new CallFailedException(
          provider.calledAs(), CallFailure.of(CallOutcome.TIMEOUT, "the login took too long"), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallFailedException(
          provider.calledAs(), CallFailure.of(CallOutcome.UNAVAILABLE, "the hub is stopping"), e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
