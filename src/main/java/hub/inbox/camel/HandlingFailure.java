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
 * What went wrong with an attempt.
 *
 * @param step where in the routes, or empty
 */
record HandlingFailure(Throwable cause, String step) {
  private static final int MOST_CAUSES = 50;

  /** For a breaker that does not say when it lets calls through again. */
  private static final Duration UNKNOWN_WAIT = Duration.ofSeconds(30);

  /** Of an error's message; the store keeps fewer. */
  private static final int MOST_CHARACTERS = 4_000;

  HandlingFailure {
    OutOfMemoryFilter.endIfCause(cause);
  }

  /** The innermost message says most; passwords in addresses are masked. */
  String text() {
    Throwable root = causes().reduce(cause, (outer, inner) -> inner);
    String message = message(root);
    return (step.isEmpty() ? "" : step + ": ")
        + URISupport.sanitizeUri(
            root.getClass().getSimpleName() + (message.isBlank() ? "" : ": " + message));
  }

  /** How long the event is to wait without having spent an attempt; empty when it spent one. */
  Optional<Duration> postponedFor() {
    return refusals()
        .flatMap(permanentFailure -> permanentFailure.postponedFor().stream())
        .findFirst()
        .or(
            () ->
                causes()
                    .filter(CallNotPermittedException.class::isInstance)
                    .findFirst()
                    .map(open -> UNKNOWN_WAIT));
  }

  /** Whom it waits for; empty when it has no name. */
  String party() {
    return refusals()
        .map(PermanentFailure::party)
        .filter(name -> !name.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** Whether something was asked and failed before the event was put off; the text says how. */
  boolean hasFailedBefore() {
    return refusals().anyMatch(PermanentFailure::hasFailedBefore);
  }

  private Stream<PermanentFailure> refusals() {
    return causes().filter(PermanentFailure.class::isInstance).map(PermanentFailure.class::cast);
  }

  /** The event may be somebody else's by now. */
  boolean isLeaseOver() {
    return causes().anyMatch(LeaseExpiredException.class::isInstance);
  }

  boolean isFinal() {
    return causes()
        .anyMatch(
            cause ->
                cause instanceof PermanentFailure permanentFailure && permanentFailure.isFinal());
  }

  /** From the outermost inwards; causes may form a ring. */
  private Stream<Throwable> causes() {
    return Stream.iterate(cause, Objects::nonNull, Throwable::getCause).limit(MOST_CAUSES);
  }

  /** What is thrown at the hub may fail to say what it is, and must not escape by that. */
  private static String message(Throwable failure) {
    try {
      String message = Optional.ofNullable(failure.getMessage()).orElse("");
      return message.substring(0, Math.min(message.length(), MOST_CHARACTERS));
    } catch (RuntimeException | Error e) {
      return "";
    }
  }
}
