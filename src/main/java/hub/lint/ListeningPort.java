package hub.lint;

import hub.config.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * A port that the hub listens on. Looked at before the start, because the server itself would wait
 * for ever for one that is taken.
 *
 * @param title as a person calls it
 * @param variable the environment variable that sets it
 */
public record ListeningPort(String title, String variable, String host, int number) {
  /** There are no more. */
  static final int HIGHEST = 65_535;

  /** Those that the settings name and that are to be opened. */
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

  /** Whether nobody listens on it and it may be opened. */
  public boolean isFree() {
    try (ServerSocket socket = new ServerSocket()) {
      // Connections of a hub that has just ended do not count.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, number));
      return true;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  /** What stops the start. */
  Fault fault() {
    return Fault.error(
        title + " " + number,
        "cannot be opened on " + host,
        "end the program that has it, or set " + variable);
  }
}
