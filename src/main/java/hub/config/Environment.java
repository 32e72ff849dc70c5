package hub.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The environment variables of this process, and those of {@link EnvFile} in its folder that are
 * not set otherwise. The file is read once, when it is asked for first. Thread-safe.
 */
public final class Environment {
  private static final EnvFile FILE = EnvFile.read(Path.of(EnvFile.NAME));
  private static final Map<String, String> VARIABLES = Map.copyOf(FILE.under(System.getenv()));

  private Environment() {}

  /** All of them. */
  public static Map<String, String> variables() {
    return VARIABLES;
  }

  /** The value of one. */
  public static Optional<String> variable(String name) {
    return Optional.ofNullable(VARIABLES.get(name));
  }

  /**
   * The value that {@code variables} give to a property: under its own name, or in upper case with
   * {@code _} for each other character, as Camel looks for it.
   */
  public static Optional<String> property(Map<String, String> variables, String key) {
    String upper = key.toUpperCase(Locale.ROOT);
    return Stream.of(key, upper, upper.replaceAll("\\W", "_"))
        .filter(variables::containsKey)
        .findFirst()
        .map(variables::get);
  }

  /** Those of the file that this process does not have from elsewhere. */
  public static Map<String, String> ofFile() {
    Map<String, String> own = new LinkedHashMap<>();
    FILE.variables()
        .forEach(
            (name, variable) -> {
              if (System.getenv(name) == null) {
                own.put(name, variable.value());
              }
            });
    return own;
  }
}
