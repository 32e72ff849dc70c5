package hub.watch;

/**
 * Looks at one part of the hub, cheaply: by what is known of it already, or by one small question.
 *
 * @param name in kebab case; {@code provider:stripe} for one of many
 */
record Check(String name, Look look) {
  /** Never throws; finds {@code down} instead. */
  @FunctionalInterface
  interface Look {
    Finding look();
  }
}
