package hub.settings;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The values in force. Reads through {@code lookup}, so that Camel's own order of sources holds.
 * Thread-safe.
 */
public final class Settings {
  private final Function<String, Optional<String>> lookup;

  /**
   * @param lookup gives the value of a key, with placeholders resolved, or empty
   */
  public Settings(Function<String, Optional<String>> lookup) {
    this.lookup = lookup;
  }

  /**
   * The value as written, trimmed; the default where there is none or a blank one. A secret may
   * also stand under the name of its variable, as files of {@code hub.secrets-dir} do.
   */
  public String text(Setting setting) {
    return written(setting.key())
        .or(
            () ->
                setting.kind() == Setting.Kind.SECRET
                    ? setting.variables().stream()
                        .flatMap(variable -> written(variable).stream())
                        .findFirst()
                    : Optional.empty())
        .orElse(setting.defaultValue());
  }

  private Optional<String> written(String name) {
    return lookup.apply(name).map(String::trim).filter(value -> !value.isEmpty());
  }

  public int count(Setting setting) {
    return Integer.parseInt(text(setting));
  }

  public Path path(Setting setting) {
    return Path.of(text(setting));
  }

  /** Whole seconds, in order. */
  public List<Long> delays(Setting setting) {
    return Arrays.stream(text(setting).split(","))
        .map(String::trim)
        .filter(s -> !s.isEmpty())
        .map(Long::valueOf)
        .toList();
  }

  /** The entries of a list, comma-separated, without the white space around them. */
  public List<String> entries(Setting setting) {
    return Arrays.stream(text(setting).split(","))
        .map(String::trim)
        .filter(entry -> !entry.isEmpty())
        .toList();
  }

  /** The value of any property or environment variable, for secrets that a route names. */
  public Optional<String> named(String name) {
    return lookup.apply(name).filter(value -> !value.isBlank());
  }
}
