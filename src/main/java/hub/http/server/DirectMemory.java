package hub.http.server;

/**
 * Limits the direct memory of connections. A connection that gets none is closed; the others go on.
 * The limit works where {@code java.nio} is opened to Netty, as in the jar's manifest and in {@code
 * .mvn/jvm.config}. Elsewhere the JVM's own limit applies, {@code -XX:MaxDirectMemorySize}, by
 * default the heap's size.
 */
public final class DirectMemory {
  /** Enough for the buffers of some thousand connections. */
  private static final long MAX_BYTES = 64L << 20;

  private DirectMemory() {}

  /** Sets the limit, unless the command line did. Must be called before Netty is loaded. */
  public static void limit() {
    setUnlessSet("io.netty.maxDirectMemory", Long.toString(MAX_BYTES));
    // Lets Netty count its memory, where java.nio is opened to it.
    setUnlessSet("io.netty.tryReflectionSetAccessible", "true");
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
