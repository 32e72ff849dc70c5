package hub.monitoring.health;

import java.util.Locale;

/**
 * The result of a health check.
 *
 * @param detail one clause for operators, without secrets
 */
record CheckResult(State state, String detail) {
  /** From best to worst. */
  enum State {
    UP,
    DEGRADED,
    DOWN;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static CheckResult up(String detail) {
    return new CheckResult(State.UP, detail);
  }

  static CheckResult degraded(String detail) {
    return new CheckResult(State.DEGRADED, detail);
  }

  static CheckResult down(String detail) {
    return new CheckResult(State.DOWN, detail);
  }
}
