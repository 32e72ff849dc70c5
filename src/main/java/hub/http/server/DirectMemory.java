package hub.http.server;

/**
 * Bounds the memory outside of the heap that connections take. A connection that gets none is
 * closed; the others go on. Holds where {@code java.nio} is opened to Netty, as the jar's manifest
 * and {@code .mvn/jvm.config} do; elsewhere the JVM's own bound does, {@code
 * -XX:MaxDirectMemorySize}, which is the heap's size.
 */
public final class DirectMemory {
  /** Buffers of some thousand connections; they hold bytes only on their way. */
  private static final long MAX_BYTES = 64L << 20;

  private DirectMemory() {}

  /** Before Netty is loaded; what the command line says goes first. */
  public static void limit() {
    setUnlessSet("io.netty.maxDirectMemory", Long.toString(MAX_BYTES));
    // Lets Netty count what it takes, where java.nio is opened to it.
    setUnlessSet("io.netty.tryReflectionSetAccessible", "true");
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
