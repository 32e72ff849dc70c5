package hub.lint;

/**
 * A fault of a setting or a route file. Never contains the value of a secret.
 *
 * @param file relative to the hub's folder, {@code routes/shop/shop-webhook.camel.yaml}; a key or
 *     variable such as {@code hub.inbox.retention-days} when it is not set in a file
 * @param line from 1; 0: the whole file, or no file
 * @param column from 1; 1 where it is not known
 * @param what the fault, one clause
 * @param remedy how to fix it, one clause; empty when {@code what} says so already
 * @param level whether the fault stops the start
 */
public record Fault(String file, int line, int column, String what, String remedy, Level level) {
  /** The severity of a fault. */
  public enum Level {
    /** Stops the start. */
    ERROR,
    /** Is only printed. */
    WARNING
  }

  static Fault error(String where, String what, String remedy) {
    return of(where(where), what, remedy, Level.ERROR);
  }

  static Fault warning(String where, String what, String remedy) {
    return of(where(where), what, remedy, Level.WARNING);
  }

  static Fault of(Location location, String what, String remedy, Level level) {
    return new Fault(location.file(), location.line(), location.column(), what, remedy, level);
  }

  /** File and line as {@link #where()} writes them. */
  private static Location where(String where) {
    int colon = where.lastIndexOf(':');
    String end = where.substring(colon + 1);
    return colon > 0 && end.matches("\\d{1,9}")
        ? new Location(where.substring(0, colon), Integer.parseInt(end))
        : Location.of(where);
  }

  /**
   * File and line, {@code routes/shop/shop-webhook.camel.yaml:14}; the file, key or variable alone
   * when there is no line.
   */
  public String where() {
    return new Location(file, line).toString();
  }

  /** Whether {@link #file} is a file, not a key or a variable. */
  public boolean isInFile() {
    return line > 0 || file.contains("/") || file.matches("(.*\\.)?(ya?ml|properties|sql|env)");
  }

  /** The kind of file that it is in: for tools that group faults. Stable. */
  public Kind kind() {
    return Kind.of(file);
  }

  /** The kind of file that has a fault. */
  public enum Kind {
    KAMELET,
    LOGIN,
    ROUTE,
    SCHEME,
    SETTING,
    SQL,
    TEST;

    private static Kind of(String file) {
      if (file.endsWith(".kamelet.yaml")) {
        return KAMELET;
      }
      if (file.endsWith("login/providers.yaml")) {
        return LOGIN;
      }
      if (file.endsWith(".scheme.yaml")) {
        return SCHEME;
      }
      if (file.endsWith(".test.yaml")) {
        return TEST;
      }
      if (file.endsWith(".sql")) {
        return SQL;
      }
      return file.contains("/") && !file.endsWith("/variables.yaml") ? ROUTE : SETTING;
    }
  }

  /** Without the column: the same words about one line are one fault to a reader. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Fault fault
        && level == fault.level
        && toString().equals(fault.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** {@code where: what; remedy} */
  @Override
  public String toString() {
    return where() + ": " + what + (remedy.isEmpty() ? "" : "; " + remedy);
  }
}
