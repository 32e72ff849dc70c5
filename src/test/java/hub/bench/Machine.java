package hub.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the numbers were measured on, in one sentence. */
final class Machine {
  private Machine() {}

  static String described() throws IOException {
    return "%d cores (%s), %d GB memory, %s %s, JDK %s (%s)"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            value("/proc/cpuinfo", "model name"),
            Math.round(
                Long.parseLong(value("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) / 1e6),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("java.runtime.version"),
            System.getProperty("java.vm.vendor"));
  }

  private static String value(String file, String key) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .findFirst()
          .orElse("0");
    }
  }
}
