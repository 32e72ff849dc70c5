package hub.lint;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks beans that files and settings declare, without creating one: class, constructor, factory
 * method and properties.
 */
final class DeclaredBeanRules {
  private static final String SETTING = "camel.beans.";

  /** With one of these the class itself is not constructed. */
  private static final List<String> OTHER_WAYS =
      List.of("factoryBean", "builderClass", "builderMethod", "script");

  private final Classes classes;
  private final Faults faults;
  private final Map<String, Location> names = new HashMap<>();

  DeclaredBeanRules(Classes classes, Faults faults) {
    this.classes = classes;
    this.faults = faults;
  }

  /**
   * Checks the elements of a list {@code beans}.
   *
   * @param global whether their names hold for all files: those of a Kamelet are its own
   */
  void check(YamlTree list, boolean global) {
    for (YamlTree bean : list.items()) {
      bean.entry("name").filter(name -> global).ifPresent(this::checkName);
      String type = bean.text("type").strip().replaceFirst("^#class:", "");
      Optional<Class<?>> found = type.matches("[\\w.$]+") ? classes.find(type) : Optional.empty();
      if (found.isPresent() && OTHER_WAYS.stream().noneMatch(way -> bean.get(way).isPresent())) {
        check(bean, found.get());
      }
    }
  }

  private void checkName(YamlTree.Entry name) {
    Location first = names.putIfAbsent(name.value().text(), name.location());
    if (first != null) {
      faults.error(
          name.location(),
          "bean '" + name.value().text() + "' is declared in " + first,
          "give one of them another name");
    }
  }

  private void check(YamlTree bean, Class<?> type) {
    Optional<YamlTree.Entry> factory = bean.entry("factoryMethod");
    int given = bean.get("constructors").map(values -> values.entries().size()).orElse(0);
    if (factory.isPresent()) {
      String method = factory.get().value().text().strip();
      List<Method> named =
          Arrays.stream(type.getMethods()).filter(one -> one.getName().equals(method)).toList();
      if (!method.contains("{{") && named.isEmpty()) {
        new Methods(method, Optional.empty()).check(type, factory.get().location(), faults);
      }
      return; // Its result may be of another class.
    }
    Location location = bean.entry("type").orElseThrow().location();
    if (type.isInterface() || java.lang.reflect.Modifier.isAbstract(type.getModifiers())) {
      faults.error(
          location,
          type.getName() + " cannot be created: it is abstract",
          "name a class that extends it, or add a factoryMethod");
    } else if (Arrays.stream(type.getDeclaredConstructors())
        .noneMatch(one -> one.getParameterCount() == given)) {
      faults.error(
          location,
          type.getName() + " has no constructor with " + Methods.counted(given),
          given == 0
              ? "give them under 'constructors', or add a factoryMethod"
              : "give as many under 'constructors' as it takes");
    }
    bean.get("properties").map(YamlTree::entries).orElse(List.of()).stream()
        .filter(property -> !property.key().contains("{{"))
        .forEach(property -> checkProperty(type, property.key(), property.location()));
  }

  private void checkProperty(Class<?> type, String written, Location location) {
    String name = written.replaceFirst("[.\\[].*", "");
    Set<String> known = properties(type);
    if (Map.class.isAssignableFrom(type)) {
      return; // Its entries are set.
    }
    if (known.stream()
        .noneMatch(one -> CamelSettings.plain(one).equals(CamelSettings.plain(name)))) {
      faults.error(
          location,
          "unknown property '" + name + "' of " + type.getName(),
          Suggest.nearest(name, known)
              .map(near -> "did you mean '" + near + "'?")
              .orElse(known.isEmpty() ? "delete it" : "known: " + String.join(", ", known)));
    }
  }

  private static Set<String> properties(Class<?> type) {
    Set<String> names = new TreeSet<>();
    for (Method method : type.getMethods()) {
      String name = method.getName();
      boolean sets = name.matches("set[A-Z].*") && method.getParameterCount() == 1;
      boolean gets = name.matches("get[A-Z].*") && method.getParameterCount() == 0;
      if ((sets || gets) && !name.equals("getClass")) {
        names.add(name.substring(3, 4).toLowerCase(Locale.ROOT) + name.substring(4));
      } else if (method.getParameterCount() == 1 && method.getReturnType().isAssignableFrom(type)) {
        names.add(name); // a builder's way to set it
      }
    }
    return names;
  }

  /** Checks {@code camel.beans.*} of the settings. */
  void check(SettingsFile file) {
    Map<String, Class<?>> types = new HashMap<>();
    for (SettingsFile.Entry entry : file.entries()) {
      String key = entry.key();
      if (!key.startsWith(SETTING)) {
        continue;
      }
      String rest = key.substring(SETTING.length());
      if (rest.matches("[^.\\[]+") && entry.value().strip().matches("#class:[\\w.$]+.*")) {
        String name =
            entry.value().strip().substring("#class:".length()).replaceFirst("[(#\\s].*", "");
        Optional<Class<?>> found = classes.find(name);
        found.ifPresent(type -> types.put(rest, type));
        if (found.isEmpty() && !RenamedClassRules.isRenamed(name)) {
          faults.error(entry.location(), "there is no class '" + name + "'", classes.remedy(name));
        }
      } else if (rest.contains(".")) {
        int dot = rest.indexOf('.');
        Optional.ofNullable(types.get(rest.substring(0, dot)))
            .ifPresent(type -> checkProperty(type, rest.substring(dot + 1), entry.location()));
      }
    }
  }
}
