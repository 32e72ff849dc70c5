package hub.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The values in force. Reads through {@code lookup}, so that Camel's own order of sources holds.
 * Thread-safe.
 */
public final class Settings {
  private final Function<String, Optional<String>> lookup;
  private final Optional<LiveSecrets> secrets;

  /**
   * @param lookup gives the value of a key, with placeholders resolved, or empty
   */
  public Settings(Function<String, Optional<String>> lookup) {
    this.lookup = lookup;
    this.secrets = Optional.empty();
  }

  /** Of a hub that runs: secrets may change. */
  public Settings(LiveSecrets secrets) {
    this.lookup = secrets::value;
    this.secrets = Optional.of(secrets);
  }

  /**
   * Has {@code use} judge and take every new value of a secret while the hub runs; where settings
   * are only read, nothing changes.
   *
   * @param name of the property or variable
   * @return ends that
   */
  public Runnable whenChanged(String name, SecretListener use) {
    return secrets.map(live -> live.whenChanged(name, use)).orElse(() -> {});
  }

  /** The same for a setting, under whichever of its names it stands. */
  public void whenChanged(Setting setting, SecretListener use) {
    List<String> names =
        Stream.concat(Stream.of(setting.key()), setting.variables().stream()).distinct().toList();
    for (int i = 0; i < names.size(); i++) {
      List<String> before = names.subList(0, i);
      whenChanged(
          names.get(i),
          value -> {
            refuseBehind(before);
            return use.prepare(value);
          });
    }
  }

  /** The value under the first name counts, see {@link #text}. */
  private void refuseBehind(List<String> names) {
    names.stream()
        .filter(name -> written(name).isPresent())
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  name + " is set and goes before it; unset that and start the hub again");
            });
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

  /** For the end of a message that names what is to be set. */
  public static final String WHEN_SET_COUNTS =
      "; in a file of hub.secrets-dir it counts within ten seconds, elsewhere from the next start.";

  /** The value of any property or environment variable, for secrets that a route names. */
  public Optional<String> named(String name) {
    return lookup.apply(name).filter(value -> !value.isBlank());
  }
}
