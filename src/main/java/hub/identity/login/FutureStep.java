package hub.identity.login;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** A step that goes on when its future completes, and holds no thread until then. */
final class FutureStep extends AsyncProcessorSupport {
  private final Function<Exchange, CompletionStage<?>> step;

  FutureStep(Function<Exchange, CompletionStage<?>> step) {
    this.step = step;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    CompletionStage<?> done;
    try {
      done = step.apply(exchange);
    } catch (RuntimeException e) {
      done = CompletableFuture.failedFuture(e);
    }
    done.whenComplete(
        (value, error) -> {
          if (error != null) {
            exchange.setException(unwrapped(error));
          }
          callback.done(false);
        });
    return false;
  }

  static Throwable unwrapped(Throwable error) {
    Throwable cause = error;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
