package hub.inbox;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
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

  /** Of an error's message; the store keeps fewer. */
  private static final int MOST_CHARACTERS = 4_000;

  /** The innermost message says most; passwords in addresses are masked. */
  String text() {
    Throwable root = causes().reduce(cause, (outer, inner) -> inner);
    String message = message(root);
    return (step.isEmpty() ? "" : step + ": ")
        + URISupport.sanitizeUri(
            root.getClass().getSimpleName() + (message.isBlank() ? "" : ": " + message));
  }

  boolean isBreakerOpen() {
    return causes().anyMatch(CallNotPermittedException.class::isInstance);
  }

  /** The event may be somebody else's by now. */
  boolean isLeaseOver() {
    return causes().anyMatch(LeaseOver.class::isInstance);
  }

  boolean isFinal() {
    return causes().anyMatch(cause -> cause instanceof Refusal refusal && refusal.isFinal());
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
