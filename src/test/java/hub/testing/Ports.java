package hub.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for hubs. */
public final class Ports {
  /**
   * Below those that Linux gives to connections going out: of these, one may take a port between
   * its choice and the start of its hub.
   */
  private static final int FIRST = 15_000;

  private static final int END = 32_000;

  private Ports() {}

  /** One that nobody listens at, chosen at random: other JVMs choose at the same time. */
  public static int free() {
    while (true) {
      try (ServerSocket socket =
          new ServerSocket(ThreadLocalRandom.current().nextInt(FIRST, END))) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // Taken.
      }
    }
  }
}
