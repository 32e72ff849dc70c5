package hub.util.step;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** A step that completes when its future completes, and holds no thread until then. */
public final class FutureStep extends AsyncProcessorSupport {
  private final Function<Exchange, CompletionStage<?>> step;

  public FutureStep(Function<Exchange, CompletionStage<?>> step) {
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
            exchange.setException(unwrap(error));
          }
          callback.done(false);
        });
    return false;
  }

  /** The cause of a {@link CompletionException}, or the error itself. */
  public static Throwable unwrap(Throwable error) {
    Throwable cause = error;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
