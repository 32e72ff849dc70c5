package hub.inbox.camel;

import hub.inbox.PermanentFailure;
import hub.inbox.engine.LeaseExpiredException;
import hub.util.log.OutOfMemoryFilter;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.util.URISupport;

/**
 * The failure of an attempt.
 *
 * @param step the failed step, with file and line; empty when unknown
 */
record HandlingFailure(Throwable cause, String step) {
  private static final int MAX_CAUSES = 50;

  /** For a circuit breaker that does not say when it lets calls through again. */
  private static final Duration UNKNOWN_WAIT = Duration.ofSeconds(30);

  /** Limit for an error's message; the store keeps fewer characters. */
  private static final int MAX_CHARACTERS = 4_000;

  HandlingFailure {
    OutOfMemoryFilter.endIfCause(cause);
  }

  /** The innermost cause's message, with passwords in addresses masked. */
  String text() {
    Throwable root = causes().reduce(cause, (outer, inner) -> inner);
    String message = message(root);
    return (step.isEmpty() ? "" : step + ": ")
        + URISupport.sanitizeUri(
            root.getClass().getSimpleName() + (message.isBlank() ? "" : ": " + message));
  }

  /** How long the event waits without losing an attempt; empty when the attempt counts. */
  Optional<Duration> postponedFor() {
    return permanentFailures()
        .flatMap(permanentFailure -> permanentFailure.postponedFor().stream())
        .findFirst()
        .or(
            () ->
                causes()
                    .filter(CallNotPermittedException.class::isInstance)
                    .findFirst()
                    .map(open -> UNKNOWN_WAIT));
  }

  /** The provider that the event waits for; empty when unknown. */
  String provider() {
    return permanentFailures()
        .map(PermanentFailure::provider)
        .filter(name -> !name.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** Whether a call failed before the event was postponed; {@link #text} says how. */
  boolean hasFailedBefore() {
    return permanentFailures().anyMatch(PermanentFailure::hasFailedBefore);
  }

  private Stream<PermanentFailure> permanentFailures() {
    return causes().filter(PermanentFailure.class::isInstance).map(PermanentFailure.class::cast);
  }

  /** Whether another process may be handling the event. */
  boolean isLeaseExpired() {
    return causes().anyMatch(LeaseExpiredException.class::isInstance);
  }

  /** Whether its effects may have stayed, although the transaction should have undone them. */
  boolean leftTransaction() {
    return cause instanceof TransactionLeftException;
  }

  boolean isPermanent() {
    return causes()
        .anyMatch(
            cause ->
                cause instanceof PermanentFailure permanentFailure
                    && permanentFailure.isPermanent());
  }

  /** From the outermost to the innermost; limited, because causes may form a ring. */
  private Stream<Throwable> causes() {
    return Stream.iterate(cause, Objects::nonNull, Throwable::getCause).limit(MAX_CAUSES);
  }

  /** {@link Throwable#getMessage} may itself throw. */
  private static String message(Throwable failure) {
    try {
      String message = Optional.ofNullable(failure.getMessage()).orElse("");
      return message.substring(0, Math.min(message.length(), MAX_CHARACTERS));
    } catch (RuntimeException | Error e) {
      return "";
    }
  }
}
