package hub.lint;

/**
 * Where something stands.
 *
 * @param file as the reader knows it, {@code routes/shop/shop-webhook.camel.yaml}; or a key
 * @param line from 1; 0 where there is none
 */
record Place(String file, int line) {
  static Place of(String fileOrKey) {
    return new Place(fileOrKey, 0);
  }

  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line;
  }
}
