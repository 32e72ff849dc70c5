package hub.call.policy;

import java.util.Optional;

/** Knows the exceptions of one SDK. Thread-safe. */
@FunctionalInterface
public interface ExceptionReader {
  /** What {@code error} says; empty when it is not of this SDK. */
  Optional<CallFailure> read(Throwable error);
}
