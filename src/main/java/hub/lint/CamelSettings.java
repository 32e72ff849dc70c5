package hub.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The {@code camel.*} settings with their types, from the metadata in camel-main. The validation of
 * camel-catalog is no substitute: in 4.18 it does not know {@code camel.server}, {@code
 * camel.management}, {@code camel.ssl} and {@code camel.metrics}, and refuses {@code 30s} where
 * Camel accepts it.
 */
final class CamelSettings {
  private static final String FILE = "META-INF/camel-main-configuration-metadata.json";

  /** Groups whose keys continue with names that the user chooses. */
  private static final Set<String> OPEN =
      Set.of(
          "camel.beans",
          "camel.component",
          "camel.context",
          "camel.dataformat",
          "camel.jbang",
          "camel.kamelet",
          "camel.language",
          "camel.routetemplate",
          "camel.variable",
          "camel.vault");

  /** By the key as Camel compares it, see {@link #plain}. */
  private final Map<String, Known> known = new TreeMap<>();

  private final Set<String> groups = new TreeSet<>();

  /**
   * @param type the Java type
   */
  private record Known(String key, String type) {}

  private CamelSettings(JsonNode root) {
    root.path("groups").forEach(group -> groups.add(group.path("name").asText()));
    root.path("properties")
        .forEach(
            property -> {
              String key = property.path("name").asText();
              known.put(plain(key), new Known(key, property.path("javaType").asText()));
            });
  }

  static CamelSettings load() {
    try (InputStream in = CamelSettings.class.getClassLoader().getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is missing from camel-main");
      }
      return new CamelSettings(new ObjectMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The group of a key, {@code camel.main} of {@code camel.main.name}; empty when there is none.
   */
  Optional<String> group(String key) {
    return Stream.concat(groups.stream(), OPEN.stream())
        .filter(group -> plain(key).startsWith(plain(group) + "."))
        .max(Comparator.comparingInt(String::length));
  }

  /** All groups, without the prefix {@code camel.}. */
  Collection<String> groups() {
    return Stream.concat(groups.stream(), OPEN.stream())
        .map(group -> group.substring("camel.".length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  boolean isOpen(String group) {
    return OPEN.contains(group);
  }

  boolean isKnown(String key) {
    return known.containsKey(plain(key));
  }

  /** All keys of a group, without the group's prefix. */
  Collection<String> endings(String group) {
    return known.values().stream()
        .map(Known::key)
        .filter(key -> key.startsWith(group + "."))
        .map(key -> key.substring(group.length() + 1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Why the value does not fit the key's type; empty when it fits or the type is not checked. */
  Optional<String> complaint(String key, String value) {
    Known setting = known.get(plain(key));
    if (setting == null || value.isBlank()) {
      return Optional.empty();
    }
    return switch (setting.type()) {
      case "boolean", "java.lang.Boolean" ->
          value.matches("(?i)true|false")
              ? Optional.empty()
              : Optional.of("must be true or false, not '" + value + "'");
      case "int", "java.lang.Integer", "long", "java.lang.Long" ->
          value.matches("-?\\d{1,18}|(\\d+(ms|s|m|h|d))+")
              ? Optional.empty()
              : Optional.of("must be a whole number, not '" + value + "'");
      default -> Optional.empty();
    };
  }

  static String plain(String key) {
    return key.toLowerCase(Locale.ROOT).replace("-", "");
  }
}
