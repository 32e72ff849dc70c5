package hub.call.policy;

import java.io.IOException;

/** A provider's response is larger than the hub accepts. */
public final class ResponseTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean hadEffect;

  public ResponseTooLargeException(long maxBytes) {
    this(maxBytes, false);
  }

  /**
   * @param hadEffect whether the request had its effect, so that a retry would repeat the effect
   */
  public ResponseTooLargeException(long maxBytes, boolean hadEffect) {
    super("its answer is larger than " + maxBytes + " bytes");
    this.hadEffect = hadEffect;
  }

  boolean hadEffect() {
    return hadEffect;
  }
}
