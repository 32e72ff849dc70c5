package hub.inbox.idempotency;

import hub.inbox.PermanentFailure;
import java.time.Duration;
import java.util.Optional;

/**
 * Another exchange is doing the step of this key, or was when its process died. The caller must try
 * again later; a handler's event waits and loses no attempt.
 */
public final class KeyInProgressException extends RuntimeException implements PermanentFailure {
  private static final long serialVersionUID = 1L;

  /** Steps take seconds. Only one that was left by a process that died takes the whole lease. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(10);

  private final Duration leaseLeft;

  /**
   * @param leaseLeft how long the key may be in progress before another takes it over
   */
  KeyInProgressException(ScopedKey key, Duration leaseLeft) {
    super(
        "step %s of %s is in progress elsewhere; if it does not end there, it is free in %d s"
            .formatted(key.key(), key.scope(), Math.max(1, leaseLeft.toSeconds())));
    this.leaseLeft = leaseLeft;
  }

  @Override
  public boolean isPermanent() {
    return false;
  }

  @Override
  public Optional<Duration> postponedFor() {
    return Optional.of(leaseLeft.compareTo(MAX_WAIT) < 0 ? leaseLeft : MAX_WAIT);
  }

  /** For the log, where it takes the place of a provider. */
  @Override
  public String provider() {
    return IdempotencyKeys.BEAN;
  }
}
