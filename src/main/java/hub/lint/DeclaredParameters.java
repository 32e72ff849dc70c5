package hub.lint;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.spi.UriParam;

/** The parameters that an endpoint class of the hub declares with {@link UriParam}. */
final class DeclaredParameters {
  private final Map<String, Field> fields = new TreeMap<>();

  /** Includes the parameters of superclasses. */
  DeclaredParameters(Class<?> endpoint) {
    for (Class<?> type = endpoint; type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.isAnnotationPresent(UriParam.class)) {
          fields.putIfAbsent(field.getName(), field);
        }
      }
    }
  }

  /**
   * @param side {@code consumer} or {@code producer}
   */
  Set<String> names(String side) {
    String other = side.equals("consumer") ? "producer" : "consumer";
    Set<String> names = new TreeSet<>();
    fields.forEach(
        (name, field) -> {
          if (!Arrays.asList(label(field)).contains(other)) {
            names.add(name);
          }
        });
    return names;
  }

  /** Whether {@code endpoint} declares the parameter itself, not a superclass of Camel's. */
  boolean isOwn(String name, Class<?> endpoint) {
    return Optional.ofNullable(fields.get(name))
        .filter(field -> field.getDeclaringClass() == endpoint)
        .isPresent();
  }

  /** The meaning of a parameter. */
  String description(String name) {
    return declared(name).map(UriParam::description).orElse("");
  }

  /** The default of a parameter; empty: none. */
  String defaultValue(String name) {
    return declared(name).map(UriParam::defaultValue).orElse("");
  }

  /** The allowed values of a parameter; empty: any value. */
  Set<String> values(String name) {
    return declared(name)
        .map(UriParam::enums)
        .filter(enums -> !enums.isEmpty())
        .map(enums -> (Set<String>) new TreeSet<>(Arrays.asList(enums.split(","))))
        .orElse(Set.of());
  }

  /** Whether a parameter is a whole number. */
  boolean isNumber(String name) {
    return Optional.ofNullable(fields.get(name))
        .map(field -> field.getType() == int.class || field.getType() == long.class)
        .orElse(false);
  }

  /** Whether a parameter is true or false. */
  boolean isBoolean(String name) {
    return Optional.ofNullable(fields.get(name))
        .map(field -> field.getType() == boolean.class)
        .orElse(false);
  }

  private Optional<UriParam> declared(String name) {
    return Optional.ofNullable(fields.get(name)).map(field -> field.getAnnotation(UriParam.class));
  }

  private static String[] label(Field field) {
    return field.getAnnotation(UriParam.class).label().split(",");
  }
}
