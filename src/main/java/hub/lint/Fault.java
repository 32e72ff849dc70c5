package hub.lint;

/**
 * Something wrong with a setting or a route file. Never carries the value of a secret.
 *
 * @param where {@code routes/shop/shop-webhook.camel.yaml:14}, {@code application.properties:7}, or
 *     a key such as {@code hub.inbox.retention-days} when it is set outside any file
 * @param what what is wrong, one clause
 * @param remedy what to do about it, one clause; empty where {@code what} says it already
 * @param level whether the hub may start in spite of it
 */
public record Fault(String where, String what, String remedy, Level level) {
  /** How bad it is. */
  public enum Level {
    /** Stops the start. */
    ERROR,
    /** Is printed. */
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
