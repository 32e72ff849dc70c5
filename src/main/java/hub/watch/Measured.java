package hub.watch;

/**
 * What a condition measured.
 *
 * @param detail what is meant by it, such as the names of sources or providers; may be empty
 */
record Measured(double value, String detail) {
  /** Names of many sources would be longer than anybody reads. */
  private static final int LONGEST_DETAIL = 500;

  static final Measured NOTHING = new Measured(0, "");

  Measured {
    if (detail.length() > LONGEST_DETAIL) {
      detail = detail.substring(0, LONGEST_DETAIL - 1) + "…";
    }
  }
}
