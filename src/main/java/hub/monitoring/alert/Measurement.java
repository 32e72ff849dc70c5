package hub.monitoring.alert;

/**
 * What a condition measured.
 *
 * @param detail what is meant by it, such as the names of sources or providers; may be empty
 */
record Measurement(double value, String detail) {
  /** Names of many sources would be longer than anybody reads. */
  private static final int LONGEST_DETAIL = 500;

  static final Measurement NOTHING = new Measurement(0, "");

  Measurement {
    if (detail.length() > LONGEST_DETAIL) {
      detail = detail.substring(0, LONGEST_DETAIL - 1) + "…";
    }
  }
}
