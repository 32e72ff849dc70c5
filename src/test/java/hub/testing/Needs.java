package hub.testing;

/**
 * What a test may need beside its own JVM. Its class has a tag of that name, so that {@code mvn
 * test} leaves it to {@code mvn verify}.
 */
enum Needs {
  PROCESS,
  POSTGRES,
  BROWSER;

  private static final boolean REFUSED = Boolean.getBoolean("hub.test.alone-in-its-jvm");

  /**
   * To be called by whatever starts it.
   *
   * @throws AssertionError in {@code mvn test}, where only a class without the tag can come here
   */
  void tagged() {
    if (REFUSED) {
      throw new AssertionError(
          "the test's class needs @Tag(\"" + name().toLowerCase(java.util.Locale.ROOT) + "\")");
    }
  }
}
