package hub.lint;

import hub.lint.TestCase.Expected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads the keys and values of one file of tests. Adds every fault to {@link Faults}.
 *
 * @param file the file
 */
record TestNodes(Path file, Faults faults) {
  /** Tells every key of {@code map} that is none of {@code keys}. */
  void known(YamlTree map, Set<String> keys) {
    for (YamlTree.Entry entry : map.entries()) {
      if (!keys.contains(entry.key())) {
        faults.error(
            entry.location(),
            "unknown key '" + entry.key() + "'",
            Suggest.remedy(entry.key(), keys));
      }
    }
  }

  /** Tells that {@code key} has no text. */
  void required(YamlTree map, String key) {
    if (map.text(key).isBlank()) {
      faults.error(map.location(), "'" + key + "' is missing", "write '" + key + ":'");
    }
  }

  /** Tells that the value of {@code key}, when there is one, is no map. */
  void mapAt(YamlTree map, String key) {
    map.get(key).filter(value -> !value.isEmpty()).ifPresent(value -> isMap(value, key));
  }

  /**
   * Whether a value is a map; tells that it is none.
   *
   * @param what the value, as the subject of the message
   */
  boolean isMap(YamlTree value, String what) {
    if (!value.isMap()) {
      faults.error(value.location(), what + " is not a map", "write 'key: value' pairs");
    }
    return value.isMap();
  }

  /** A whole number; {@code usual} when there is none, or a wrong one. */
  long number(Optional<YamlTree> value, long least, long most, long usual) {
    if (value.isEmpty()) {
      return usual;
    }
    if (value.get().value() instanceof Number number
        && number.longValue() >= least
        && number.longValue() <= most) {
      return number.longValue();
    }
    faults.error(
        value.get().location(),
        "'" + value.get().text() + "' is no whole number from " + least + " to " + most,
        "");
    return usual;
  }

  /** A text in a form of its own, such as a time; empty when it is wrong. */
  <T> Optional<T> parsed(YamlTree value, Function<String, T> parse, String example) {
    try {
      return Optional.of(parse.apply(value.text()));
    } catch (DateTimeException e) {
      faults.error(
          value.location(), "'" + value.text() + "' cannot be read", "write it as " + example);
      return Optional.empty();
    }
  }

  /**
   * The bytes of {@code file:}, which lies beside the test.
   *
   * @param other the key that says the same in the test itself
   */
  Optional<byte[]> content(YamlTree value, String other) {
    return content(value, value, other);
  }

  /**
   * As {@link #content(YamlTree, String)}, where {@code other} is a key of another map.
   *
   * @param value the map with {@code file:}
   * @param owner the map with {@code other}
   */
  Optional<byte[]> content(YamlTree value, YamlTree owner, String other) {
    Optional<YamlTree> named = value.get("file");
    if (named.isEmpty()) {
      return Optional.empty();
    }
    if (owner.get(other).isPresent()) {
      faults.error(
          named.get().location(), "file and " + other + " are both given", "delete one of them");
    }
    Path path = file.resolveSibling(named.get().text());
    try {
      return Optional.of(Files.readAllBytes(path));
    } catch (IOException e) {
      faults.error(
          named.get().location(),
          "the file '" + named.get().text() + "' cannot be read",
          "paths are relative to the test's folder");
      return Optional.empty();
    }
  }

  /** The values of a map as texts; none when it is absent. */
  static Map<String, String> texts(Optional<YamlTree> map) {
    Map<String, String> texts = new LinkedHashMap<>();
    map.stream()
        .flatMap(tree -> tree.entries().stream())
        .forEach(entry -> texts.put(entry.key(), entry.value().text()));
    return texts;
  }

  /** One text, or a list of texts. */
  static List<Expected> texts(String key, YamlTree map) {
    Optional<YamlTree> given = map.get(key);
    return given.stream()
        .flatMap(value -> value.isList() ? value.items().stream() : given.stream())
        .map(text -> new Expected(text.location().toString(), key, text.text()))
        .toList();
  }

  static Expected expected(YamlTree.Entry entry) {
    return new Expected(entry.location().toString(), entry.key(), entry.value().value());
  }
}
