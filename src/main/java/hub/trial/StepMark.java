package hub.trial;

import hub.util.step.Step;
import org.apache.camel.Exchange;

/** The step of a route file that an exchange is in, also while a Kamelet works for it. */
final class StepMark {
  private static final String STEP = "HubTrialStep";
  private static final String GUARDS = "HubTrialGuards";
  private static final ThreadLocal<Exchange> CURRENT = new ThreadLocal<>();

  private static final ThreadLocal<Boolean> LOGS = new ThreadLocal<>();

  private StepMark() {}

  /** Sets whether this thread is in a step that writes to the log; returns what was before. */
  static boolean logs(boolean now) {
    boolean before = isLogging();
    if (now) {
      LOGS.set(true);
    } else {
      LOGS.remove();
    }
    return before;
  }

  static boolean isLogging() {
    return LOGS.get() != null;
  }

  static void set(Exchange exchange, Step step) {
    exchange.setProperty(STEP, step);
  }

  /** The step, or one without a name where none is known. */
  static Step of(Exchange exchange) {
    Step step = exchange == null ? null : exchange.getProperty(STEP, Step.class);
    return step == null ? new Step("", false, "") : step;
  }

  /** The exchange that this thread works on; null: none. */
  static Exchange currentOrNull() {
    return CURRENT.get();
  }

  /** Lets an exchange that code made go on in the step that the code belongs to. */
  static void inherit(Exchange exchange) {
    Exchange outer = CURRENT.get();
    if (outer != null && outer != exchange && exchange.getProperty(STEP) == null) {
      exchange.setProperty(STEP, of(outer));
      exchange.setProperty(GUARDS, outer.getProperty(GUARDS, 0, Integer.class));
    }
  }

  /** Sets the exchange of this thread and returns the one before. */
  static Exchange swap(Exchange exchange) {
    Exchange before = CURRENT.get();
    if (exchange == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(exchange);
    }
    return before;
  }

  static void guard(Exchange exchange, int change) {
    exchange.setProperty(GUARDS, exchange.getProperty(GUARDS, 0, Integer.class) + change);
  }

  /** Whether the exchange is within an {@code idempotentConsumer}. */
  static boolean isGuarded(Exchange exchange) {
    return exchange != null && exchange.getProperty(GUARDS, 0, Integer.class) > 0;
  }
}
