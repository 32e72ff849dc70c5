package hub.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The current values of the settings. Reads through {@code lookup}, so that Camel's order of
 * sources holds. Thread-safe.
 */
public final class Settings {
  /** The end of a message that names a setting to set. */
  public static final String TAKES_EFFECT =
      "; a change takes effect within ten seconds in a file of hub.secrets-dir, elsewhere at the next start.";

  /** Name in the registry. */
  public static final String BEAN = "settings";

  private final Function<String, Optional<String>> lookup;
  private final Optional<LiveSecrets> secrets;
  private volatile Variables variables;

  /**
   * @param lookup gives the value of a key, with placeholders resolved, or empty
   */
  public Settings(Function<String, Optional<String>> lookup) {
    this.lookup = lookup;
    this.secrets = Optional.empty();
  }

  /** For a running hub, whose secrets may change. */
  public Settings(LiveSecrets secrets) {
    this.lookup = secrets::value;
    this.secrets = Optional.of(secrets);
  }

  /**
   * Registers a listener for new values of a secret while the hub runs. Does nothing for settings
   * whose secrets do not change.
   *
   * @param name of the property or variable
   * @return removes the listener
   */
  public Runnable whenChanged(String name, SecretListener listener) {
    return secrets.map(live -> live.whenChanged(name, listener)).orElse(() -> {});
  }

  /** The same for a setting, under all of its names. */
  public void whenChanged(Declared setting, SecretListener listener) {
    List<String> names =
        Stream.concat(Stream.of(setting.key()), setting.variables().stream()).distinct().toList();
    for (int i = 0; i < names.size(); i++) {
      List<String> before = names.subList(0, i);
      whenChanged(
          names.get(i),
          value -> {
            refuseIfSet(before);
            return listener.prepare(value);
          });
    }
  }

  /** Refuses a value that would not count: {@link #text} returns that of the first name. */
  private void refuseIfSet(List<String> names) {
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
   * The value as written, trimmed; the default when it is missing or blank. A secret may also be
   * set under the name of its variable, as in files of {@code hub.secrets-dir}.
   */
  public String text(Declared setting) {
    return written(setting.key())
        .or(
            () ->
                setting.kind().isSecret()
                    ? setting.variables().stream()
                        .flatMap(variable -> written(variable).stream())
                        .findFirst()
                    : Optional.empty())
        .orElse(setting.defaultValue());
  }

  /**
   * The value of a variable of an integration, trimmed; its declared default when it is missing or
   * blank, empty without one.
   */
  public String text(String name) {
    return variables().find(name).map(this::text).orElseGet(() -> written(name).orElse(""));
  }

  /** The variables that the integrations declare, as they were at the first look. */
  public Variables variables() {
    if (variables == null) {
      variables = Variables.of(RoutesFolder.of(this));
    }
    return variables;
  }

  private Optional<String> written(String name) {
    return lookup.apply(name).map(String::trim).filter(value -> !value.isEmpty());
  }

  public int count(Declared setting) {
    return Integer.parseInt(text(setting));
  }

  /** The whole number of a variable of an integration. */
  public int count(String name) {
    return Integer.parseInt(text(name));
  }

  public boolean isOn(Setting setting) {
    return text(setting).equals("true");
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

  /** The value of any property or environment variable, for a secret whose name a route gives. */
  public Optional<String> named(String name) {
    return lookup.apply(name).filter(value -> !value.isBlank());
  }
}
