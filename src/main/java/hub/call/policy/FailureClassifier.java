package hub.call.policy;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Classifies the exceptions of steps that call a provider. Thread-safe. */
final class FailureClassifier {
  private static final int MAX_CAUSES = 20;

  private final List<ExceptionReader> readers;

  FailureClassifier(List<ExceptionReader> readers) {
    this.readers = List.copyOf(readers);
  }

  /** The failure that {@code error} means; empty when it is a fault of the hub itself. */
  Optional<CallFailure> read(Throwable error) {
    int depth = 0;
    for (Throwable t = error; t != null && depth < MAX_CAUSES; t = t.getCause(), depth++) {
      if (t instanceof CallFailedException failed) {
        return Optional.of(failed.failure());
      }
      if (t instanceof CallNotPermittedException) {
        return Optional.of(
            CallFailure.of(CallOutcome.NOT_PERMITTED, "its circuit breaker is open"));
      }
      for (ExceptionReader reader : readers) {
        Optional<CallFailure> known = reader.read(t);
        if (known.isPresent()) {
          return known;
        }
      }
    }
    return network(error);
  }

  private static Optional<CallFailure> network(Throwable error) {
    int depth = 0;
    for (Throwable t = error; t != null && depth < MAX_CAUSES; t = t.getCause(), depth++) {
      if (t instanceof HttpTimeoutException
          || t instanceof TimeoutException
          || t instanceof InterruptedIOException) {
        return Optional.of(CallFailure.of(CallOutcome.TIMEOUT, "it did not answer in time"));
      }
      if (t instanceof ResponseTooLargeException large) {
        return Optional.of(
            CallFailure.of(
                large.hadEffect() ? CallOutcome.FAILED : CallOutcome.UNAVAILABLE, t.getMessage()));
      }
      if (t instanceof SSLException) {
        return Optional.of(
            CallFailure.of(CallOutcome.UNAVAILABLE, "TLS failed: " + t.getMessage()));
      }
      if (t instanceof UnknownHostException || t instanceof UnresolvedAddressException) {
        return Optional.of(CallFailure.of(CallOutcome.UNAVAILABLE, "its host name is unknown"));
      }
      if (t instanceof ConnectException) {
        return Optional.of(CallFailure.of(CallOutcome.UNAVAILABLE, "it cannot be reached"));
      }
      if (t instanceof IOException) {
        return Optional.of(
            CallFailure.of(CallOutcome.UNAVAILABLE, "the connection broke: " + t.getMessage()));
      }
    }
    return Optional.empty();
  }
}
