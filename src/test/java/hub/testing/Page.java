package hub.testing;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that a page of the documentation shows: the blocks of code whose first line is a
 * comment with a path, such as {@code # routes/shop/shop-note-order.camel.yaml}.
 *
 * @param files texts by paths, without that line
 */
public record Page(Map<String, String> files) {
  private static final Pattern FILE =
      Pattern.compile("```\\w+\n(?:#|--) (\\S+\\.\\w+)\n(.*?)```", Pattern.DOTALL);
  private static final String SETTINGS = "application.properties";

  /**
   * @param page a path
   */
  public static Page of(Path page) {
    try {
      Map<String, String> files = new LinkedHashMap<>();
      Matcher file = FILE.matcher(Files.readString(page));
      while (file.find()) {
        files.put(file.group(1), file.group(2));
      }
      return new Page(files);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All of its files but the settings. */
  public Map<String, String> routes() {
    Map<String, String> routes = new LinkedHashMap<>(files);
    routes.remove(SETTINGS);
    return routes;
  }

  /** What it adds to {@code application.properties}. */
  public Map<String, String> settings() {
    Properties read = new Properties();
    try {
      read.load(new StringReader(files.getOrDefault(SETTINGS, "")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> settings = new LinkedHashMap<>();
    read.stringPropertyNames().forEach(name -> settings.put(name, read.getProperty(name)));
    return settings;
  }
}
