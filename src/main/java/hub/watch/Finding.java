package hub.watch;

import java.util.Locale;

/**
 * What a check found.
 *
 * @param detail one clause for a person, without secrets
 */
record Finding(State state, String detail) {
  /** From best to worst. */
  enum State {
    UP,
    DEGRADED,
    DOWN;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding up(String detail) {
    return new Finding(State.UP, detail);
  }

  static Finding degraded(String detail) {
    return new Finding(State.DEGRADED, detail);
  }

  static Finding down(String detail) {
    return new Finding(State.DOWN, detail);
  }
}
