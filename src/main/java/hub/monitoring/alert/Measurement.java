package hub.monitoring.alert;

/**
 * The measurement of a condition.
 *
 * @param detail what it was measured on, such as the names of sources or providers; may be empty
 */
record Measurement(double value, String detail) {
  /** Characters; a list of many source names is cut off. */
  private static final int MAX_DETAIL_LENGTH = 500;

  static final Measurement NOTHING = new Measurement(0, "");

  Measurement {
    if (detail.length() > MAX_DETAIL_LENGTH) {
      detail = detail.substring(0, MAX_DETAIL_LENGTH - 1) + "…";
    }
  }
}
