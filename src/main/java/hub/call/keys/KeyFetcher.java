package hub.call.keys;

import hub.call.http.BoundedHttpClient;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallPolicy;
import hub.config.Setting;
import hub.config.Settings;
import hub.webhook.scheme.KeyCache;
import hub.webhook.verify.KeyAddress;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.CamelContextHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches public keys under the policy of all outgoing calls, in three seconds at most. The
 * provider is the host as the scheme writes it. Follows no redirect. Each provider's route is made
 * when its keys are first needed: most hubs need none. Thread-safe.
 */
public final class KeyFetcher implements KeyCache.Source {
  private static final Logger LOG = LoggerFactory.getLogger("hub.call");

  /** The operation in logs and metrics. */
  static final String OPERATION = "fetch-keys";

  /** Whoever sent the webhook waits. */
  private static final int MOST_SECONDS = 3;

  /** For a name server that does not answer, which nothing else bounds. */
  private static final int MOST_MILLIS = MOST_SECONDS * 1000 + 500;

  private static final int MOST_BYTES = 64 * 1024;
  private static final String ROUTE = "keys-of-";

  private final CamelContext context;
  private final Settings settings;
  private final Clock clock;
  private ProducerTemplate template;
  private FetchKeys step;

  /** Makes nothing before the first fetch. */
  public KeyFetcher(CamelContext context, Settings settings, Clock clock) {
    this.context = context;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public byte[] get(KeyAddress address) throws IOException {
    Exchange done = fetched(address);
    Exception failure = done.getException();
    if (failure == null) {
      return done.getMessage().getBody(byte[].class);
    }
    if (!(failure instanceof CallFailedException)) {
      LOG.error("keys cannot be fetched from {}", address.host(), failure);
    }
    throw new IOException(failure.getMessage(), failure);
  }

  private Exchange fetched(KeyAddress address) throws IOException {
    // Where an operator has stopped the route, nobody waits for it.
    CompletableFuture<Exchange> pending =
        prepared(address.host())
            .asyncSend(
                direct(address.host()) + "?block=false",
                exchange -> exchange.getMessage().setBody(address));
    try {
      return pending.get(MOST_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no keys within " + MOST_MILLIS + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the hub is stopping", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static String direct(String host) {
    return "direct:" + ROUTE + host;
  }

  private synchronized ProducerTemplate prepared(String host) throws IOException {
    try {
      if (template == null) {
        step = new FetchKeys(client(), checkedClient());
        template = context.createProducerTemplate();
        context.addService(template);
      }
      if (context.getRoute(ROUTE + host) == null) {
        context.addRoutes(new KeysRoute(host, step));
      }
      return template;
    } catch (Exception e) {
      LOG.error("keys cannot be fetched from {}", host, e);
      throw new IOException("the call cannot be prepared", e);
    }
  }

  private BoundedHttpClient client() {
    int connect = Math.min(MOST_SECONDS, settings.count(Setting.CALL_CONNECT_SECONDS));
    return BoundedHttpClient.of(context, Duration.ofSeconds(connect), MOST_BYTES, clock);
  }

  private BoundedHttpClient checkedClient() {
    return CamelContextHelper.mandatoryLookup(
            context, BoundedHttpClient.CHECKED, BoundedHttpClient.class)
        .limitedTo(MOST_BYTES);
  }

  /** The route of one provider. */
  private static final class KeysRoute extends RouteBuilder {
    private final String host;
    private final FetchKeys step;

    KeysRoute(String host, FetchKeys step) {
      this.host = host;
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
      from(direct(host))
          .routeId(ROUTE + host)
          .routeDescription("Fetches public keys of senders from " + host + ".")
          .kamelet(
              "provider-call-action?provider="
                  + host
                  + "&operation="
                  + OPERATION
                  + "&timeoutSeconds="
                  + MOST_SECONDS)
          .process(step)
          .end();
    }
  }
}
