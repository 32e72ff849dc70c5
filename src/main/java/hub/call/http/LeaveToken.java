package hub.call.http;

import hub.call.policy.Providers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Leaves a person's access token in the variable {@code accessToken}: no header, so that it goes
 * nowhere by itself. Made by the Kamelet {@code oauth-token-action}, whose parameters it takes.
 * Holds no thread while a login provider is asked. Thread-safe once started.
 */
public final class LeaveToken extends AsyncProcessorSupport implements CamelContextAware {
  static final String VARIABLE = "accessToken";

  private CamelContext context;
  private UrlTemplate provider = new UrlTemplate("");
  private UrlTemplate subject = new UrlTemplate("");

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    CompletableFuture<String> token = ask(exchange);
    if (token.isDone()) {
      leave(exchange, token);
      callback.done(true);
      return true;
    }
    Providers providers = context.getRegistry().lookupByNameAndType("providers", Providers.class);
    // What follows may take its time; the thread that has the token is needed for the next one.
    token.whenCompleteAsync(
        (value, error) -> {
          leave(exchange, token);
          callback.done(false);
        },
        providers.threads());
    return false;
  }

  private CompletableFuture<String> ask(Exchange exchange) {
    try {
      AccessTokens tokens = context.getRegistry().findSingleByType(AccessTokens.class);
      return tokens.accessTokenLater(
          provider.plain(name -> UrlTemplate.value(exchange, name)),
          subject.plain(name -> UrlTemplate.value(exchange, name)));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void leave(Exchange exchange, CompletableFuture<String> token) {
    try {
      exchange.setVariable(VARIABLE, token.join());
    } catch (CompletionException e) {
      Throwable cause = e;
      while (cause instanceof CompletionException && cause.getCause() != null) {
        cause = cause.getCause();
      }
      exchange.setException(cause);
    }
  }

  @Override
  public CamelContext getCamelContext() {
    return context;
  }

  @Override
  public void setCamelContext(CamelContext camelContext) {
    this.context = camelContext;
  }

  /** The login provider; {@code {name}} stands for a variable or header. */
  public void setProvider(String provider) {
    this.provider = new UrlTemplate(provider);
  }

  /** Whose token; {@code {name}} stands for a variable or header. */
  public void setSubject(String subject) {
    this.subject = new UrlTemplate(subject);
  }
}
