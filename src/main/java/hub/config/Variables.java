package hub.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The variables of the integrations. Each folder of {@code routes/} may declare its own in {@link
 * #FILE}; those of the shipped folders are in the jar, too, for installations whose folders are
 * older. A folder's file wins over the jar's. Immutable.
 */
public final class Variables {
  /** Name of the file in the folder of an integration. */
  public static final String FILE = "variables.yaml";

  private static final String JAR_FOLDER = "variables";
  private static final String ONE_OF_THE_JAR = "login/" + FILE;

  private final Map<String, Variable> byKey = new LinkedHashMap<>();
  private final Map<String, Variable> byVariable = new LinkedHashMap<>();

  private Variables(List<Variable> first) {
    first.forEach(
        variable -> {
          if (byKey.putIfAbsent(variable.key(), variable) == null) {
            byVariable.put(variable.variable(), variable);
          }
        });
  }

  /** Read once: a jar does not change. */
  private static final class Shipped {
    static final Map<String, String> TEXTS = JarFolder.texts(JAR_FOLDER, ONE_OF_THE_JAR);
    static final Map<String, List<Variable>> BY_FOLDER = new TreeMap<>();

    static {
      TEXTS.forEach((path, text) -> BY_FOLDER.put(folder(path), read(folder(path), text)));
    }

    private static String folder(String path) {
      return path.substring(0, path.indexOf('/'));
    }
  }

  /**
   * All that count. What is wrong in a file is left out; the lint tells it.
   *
   * @param routes the folder {@code routes/}; empty: those of the jar alone
   */
  public static Variables of(Optional<Path> routes) {
    List<Variable> all = new ArrayList<>();
    routes.ifPresent(
        folder -> files(folder).forEach(file -> all.addAll(read(nameOfFolder(file), text(file)))));
    Shipped.BY_FOLDER.values().forEach(all::addAll);
    return new Variables(all);
  }

  /** Those of the jar, by folder. */
  public static Map<String, List<Variable>> shipped() {
    return Shipped.BY_FOLDER;
  }

  /** The declarations of a file, without those that are wrong. */
  private static List<Variable> read(String folder, String text) {
    if (text.equals(Shipped.TEXTS.get(folder + "/" + FILE))
        && Shipped.BY_FOLDER.containsKey(folder)) {
      return Shipped.BY_FOLDER.get(folder);
    }
    List<Variable> variables = new ArrayList<>();
    try {
      Object tree = new Load(LoadSettings.builder().build()).loadFromString(text);
      if (tree instanceof Map<?, ?> map) {
        map.forEach(
            (name, written) ->
                VariableReader.read(folder, String.valueOf(name), written)
                    .variable()
                    .ifPresent(variables::add));
      }
    } catch (YamlEngineException e) {
      return List.of();
    }
    return List.copyOf(variables);
  }

  private static List<Path> files(Path routes) {
    try (Stream<Path> folders = Files.list(routes)) {
      return folders
          .map(folder -> folder.resolve(FILE))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String nameOfFolder(Path file) {
    return file.getParent().getFileName().toString();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  /** The variable with this key, or with this environment variable. */
  public Optional<Variable> find(String name) {
    return Optional.ofNullable(byKey.get(name)).or(() -> Optional.ofNullable(byVariable.get(name)));
  }

  /** All of them, by folder in the order of the files; those of the jar last. */
  public Collection<Variable> all() {
    return byKey.values();
  }

  /** The default of the variable with this key; empty when it has none. */
  public Optional<String> defaultOf(String key) {
    return Optional.ofNullable(byKey.get(key))
        .map(Variable::defaultValue)
        .filter(value -> !value.isEmpty());
  }
}
