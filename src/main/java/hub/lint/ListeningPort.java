package hub.lint;

import hub.config.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * A port that the hub listens on. Checked before the start, because the server would wait for ever
 * for a port that is in use.
 *
 * @param title the name for messages
 * @param variable the environment variable that sets it
 */
public record ListeningPort(String title, String variable, String host, int number) {
  /** The highest TCP port. */
  static final int HIGHEST = 65_535;

  /** The ports of the enabled servers. */
  public static List<ListeningPort> of(Settings settings) {
    List<ListeningPort> ports = new ArrayList<>();
    add(ports, settings, "port", "PORT", "camel.server");
    add(ports, settings, "management port", "MANAGEMENT_PORT", "camel.management");
    return ports;
  }

  private static void add(
      List<ListeningPort> ports, Settings settings, String title, String variable, String key) {
    if (settings.named(key + ".enabled").filter(Boolean::parseBoolean).isPresent()) {
      String host = settings.named(key + ".host").orElse("0.0.0.0");
      settings
          .named(key + ".port")
          .map(String::strip)
          .filter(number -> number.matches("\\d{1,5}") && Integer.parseInt(number) <= HIGHEST)
          .map(number -> new ListeningPort(title, variable, host, Integer.parseInt(number)))
          .ifPresent(ports::add);
    }
  }

  /** Whether the port can be opened. */
  public boolean isFree() {
    try (ServerSocket socket = new ServerSocket()) {
      // Connections in TIME_WAIT, of a hub that has just stopped, do not block the port.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, number));
      return true;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  /** The fault of a port that is in use. */
  Fault fault() {
    return Fault.error(
        title + " " + number,
        "cannot be opened on " + host,
        "end the program that has it, or set " + variable);
  }
}
