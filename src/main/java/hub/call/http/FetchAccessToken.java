package hub.call.http;

import hub.call.policy.Providers;
import hub.util.step.FutureStep;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Sets the variable {@code accessToken} to a person's access token. It is a variable and not a
 * header, so that no step sends it unasked. The Kamelet {@code oauth-token-action} makes it and
 * sets its parameters. Holds no thread while a login provider is asked. Thread-safe once started.
 */
public final class FetchAccessToken extends AsyncProcessorSupport implements CamelContextAware {
  static final String VARIABLE = "accessToken";

  private CamelContext context;
  private UrlTemplate loginProvider = new UrlTemplate("");
  private UrlTemplate subject = new UrlTemplate("");

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    CompletableFuture<String> token = fetch(exchange);
    if (token.isDone()) {
      setVariable(exchange, token);
      callback.done(true);
      return true;
    }
    Providers providers =
        context.getRegistry().lookupByNameAndType(Providers.BEAN, Providers.class);
    // The next steps may be slow, and the thread that fetched the token must fetch others.
    CompletableFuture<String> unused =
        token.whenCompleteAsync(
            (value, error) -> {
              setVariable(exchange, token);
              callback.done(false);
            },
            providers.threads());
    return false;
  }

  private CompletableFuture<String> fetch(Exchange exchange) {
    try {
      AccessTokens tokens = context.getRegistry().findSingleByType(AccessTokens.class);
      return tokens.accessTokenLater(
          loginProvider.plain(name -> UrlTemplate.value(exchange, name)),
          subject.plain(name -> UrlTemplate.value(exchange, name)));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void setVariable(Exchange exchange, CompletableFuture<String> token) {
    try {
      exchange.setVariable(VARIABLE, token.join());
    } catch (CompletionException e) {
      exchange.setException(FutureStep.unwrap(e));
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
  public void setLoginProvider(String loginProvider) {
    this.loginProvider = new UrlTemplate(loginProvider);
  }

  /** The provider's id of the person; {@code {name}} stands for a variable or header. */
  public void setSubject(String subject) {
    this.subject = new UrlTemplate(subject);
  }
}
