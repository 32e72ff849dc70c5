package hub.lint;

/**
 * File and line of a fault.
 *
 * @param file relative to the hub's folder, {@code routes/shop/shop-webhook.camel.yaml}; or a key
 * @param line from 1; 0: none
 */
record Location(String file, int line) {
  static Location of(String fileOrKey) {
    return new Location(fileOrKey, 0);
  }

  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line;
  }
}
