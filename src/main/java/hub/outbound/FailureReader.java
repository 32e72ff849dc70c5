package hub.outbound;

import java.util.Optional;

/** Knows the exceptions of one SDK. Thread-safe. */
@FunctionalInterface
public interface FailureReader {
  /** What {@code error} says; empty when it is not of this SDK. */
  Optional<Failure> read(Throwable error);
}
