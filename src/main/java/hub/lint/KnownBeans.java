package hub.lint;

import hub.config.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.spi.Registry;

/**
 * The beans that a start would have in its registry, with their classes: the hub's own, those of
 * {@code beans:} in files and of {@code camel.beans.*}, and those of a context that is given. None
 * is created.
 */
final class KnownBeans {
  private static final String ENGINE = "beans.properties";
  private static final String SETTING = "camel.beans.";

  /** A profile may be named wherever a pool may. */
  private static final Pattern POOL =
      Pattern.compile("^camel\\.threadpool\\.config\\[['\"]?([^'\"\\]]+)");

  /** Classes of the hub and of its libraries, which a running hub has bound. */
  private static final Pattern OF_ENGINE =
      Pattern.compile(
          "(?:hub|org\\.apache\\.camel|io\\.micrometer|io\\.vertx|com\\.zaxxer|java)\\.");

  private static final String OWN_CONFIGURATION = "hub.HubConfiguration";

  private final Map<String, Optional<Class<?>>> types = new LinkedHashMap<>();
  private final Set<String> engine = new TreeSet<>();
  private final Classes classes;
  private boolean complete = true;

  KnownBeans(Classes classes) {
    this.classes = classes;
    try (InputStream in = KnownBeans.class.getResourceAsStream(ENGINE)) {
      Properties own = new Properties();
      own.load(in);
      own.stringPropertyNames().forEach(name -> add(name, own.getProperty(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    engine.addAll(types.keySet());
    for (String property : System.getProperties().stringPropertyNames()) {
      if (property.startsWith(SETTING)) {
        types.putIfAbsent(nameIn(property), Optional.empty());
      }
    }
  }

  private static String nameIn(String key) {
    return key.substring(SETTING.length()).replaceFirst("[.\\[].*", "");
  }

  /** Adds those that code has bound. */
  void add(Registry registry) {
    registry
        .findByTypeWithName(Object.class)
        .forEach(
            (name, bean) -> {
              types.put(name, Optional.of(bean.getClass()));
              if (OF_ENGINE.matcher(bean.getClass().getName()).lookingAt()) {
                engine.add(name);
              }
            });
  }

  /** Adds those of {@code application.properties}. */
  void add(SettingsFile file, Settings settings, Map<String, String> environment) {
    for (SettingsFile.Entry entry : file.entries()) {
      Matcher pool = POOL.matcher(entry.key());
      if (pool.find()) {
        types.putIfAbsent(pool.group(1), Optional.empty());
      }
      if (entry.key().startsWith(SETTING)) {
        String name = nameIn(entry.key());
        types.putIfAbsent(name, Optional.empty());
        if (entry.key().equals(SETTING + name)) {
          add(name, entry.value());
        }
      }
    }
    complete &=
        environment.keySet().stream().noneMatch(key -> key.startsWith("CAMEL_BEANS_"))
            && !isSet(settings, "camel.main.basePackageScan")
            && value(settings, "camel.main.configurationClasses")
                .filter(names -> !names.equals(OWN_CONFIGURATION))
                .isEmpty();
  }

  /** Adds one of a file. */
  void add(String name, String type) {
    String className = type.strip().replaceFirst("^#class:", "").replaceFirst("[(#].*", "");
    types.put(name, className.isEmpty() ? Optional.empty() : classes.find(className));
  }

  private static boolean isSet(Settings settings, String key) {
    return value(settings, key).filter(text -> !text.isBlank()).isPresent();
  }

  private static Optional<String> value(Settings settings, String key) {
    try {
      return settings.named(key);
    } catch (RuntimeException e) {
      // PlaceholderRules reports the placeholder.
      return Optional.empty();
    }
  }

  boolean has(String name) {
    return types.containsKey(name);
  }

  Set<String> names() {
    return types.keySet();
  }

  /** The class of a bean; empty when it is not known before a start. */
  Optional<Class<?>> type(String name) {
    return types.getOrDefault(name, Optional.empty());
  }

  /** Whether no other beans can be there: false when code of one's own may bind some. */
  boolean isComplete() {
    return complete;
  }

  /** Whether all beans are the hub's, whose effects on a message are known. */
  boolean isOnlyEngine() {
    return complete && engine.containsAll(types.keySet());
  }
}
