package hub.call.policy;

import java.util.Optional;

/** Reads the exceptions of one SDK. Thread-safe. */
@FunctionalInterface
public interface ExceptionReader {
  /** The failure that {@code error} means; empty when it is not an exception of this SDK. */
  Optional<CallFailure> read(Throwable error);
}
