package hub.lint;

/**
 * File, line and column of a fault.
 *
 * @param file relative to the hub's folder, {@code routes/shop/shop-webhook.camel.yaml}; or a key
 * @param line from 1; 0: none
 * @param column from 1; 1 where it is not known
 */
record Location(String file, int line, int column) {
  Location(String file, int line) {
    this(file, line, 1);
  }

  static Location of(String fileOrKey) {
    return new Location(fileOrKey, 0);
  }

  /** Without the column, which people rarely need. */
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line;
  }
}
