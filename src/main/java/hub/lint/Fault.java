package hub.lint;

/**
 * A fault of a setting or a route file. Never contains the value of a secret.
 *
 * @param where file and line, {@code routes/shop/shop-webhook.camel.yaml:14}, or a key such as
 *     {@code hub.inbox.retention-days} when it is not set in a file
 * @param what the fault, one clause
 * @param remedy how to fix it, one clause; empty when {@code what} says so already
 * @param level whether the fault stops the start
 */
public record Fault(String where, String what, String remedy, Level level) {
  /** The severity of a fault. */
  public enum Level {
    /** Stops the start. */
    ERROR,
    /** Is only printed. */
    WARNING
  }

  static Fault error(String where, String what, String remedy) {
    return new Fault(where, what, remedy, Level.ERROR);
  }

  static Fault warning(String where, String what, String remedy) {
    return new Fault(where, what, remedy, Level.WARNING);
  }

  /** {@code where: what; remedy} */
  @Override
  public String toString() {
    return where + ": " + what + (remedy.isEmpty() ? "" : "; " + remedy);
  }
}
