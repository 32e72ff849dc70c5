package hub.config;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Kamelets and policies in the jar. A file of the same path below the routes folder stands in
 * place of one, and so does a file that defines a policy of the same id.
 */
public final class ShippedRoutes {
  /** In front of a path, as Camel writes it. */
  public static final String CLASSPATH = "classpath:";

  private static final Map<String, String> FOLDERS =
      Map.of("kamelets", "webhook-source.kamelet.yaml", "policies", "every-route.camel.yaml");

  private static final Pattern CONFIGURATION =
      Pattern.compile("(?m)^- routeConfiguration:\\s*\\n\\s+id:\\s*[\"']?([^\"'\\s]+)");

  private ShippedRoutes() {}

  /** Read once: a jar does not change. */
  private static final class Texts {
    static final Map<String, String> ALL = read();
  }

  /** The texts by path, such as {@code kamelets/webhook-source.kamelet.yaml}. */
  public static Map<String, String> texts() {
    return Texts.ALL;
  }

  /** The text of one; empty for a path that is none of them. */
  public static Optional<String> text(String path) {
    return Optional.ofNullable(Texts.ALL.get(path));
  }

  /**
   * Those in whose place no file of one's own stands.
   *
   * @param own texts by path below the routes folder
   */
  public static Map<String, String> beside(Map<String, String> own) {
    Map<String, String> beside = new TreeMap<>(Texts.ALL);
    beside.keySet().removeAll(own.keySet());
    beside.entrySet().removeIf(file -> isDefined(file.getValue(), own));
    return beside;
  }

  private static boolean isDefined(String policy, Map<String, String> own) {
    Matcher id = CONFIGURATION.matcher(policy);
    return id.find()
        && own.values().stream()
            .flatMap(text -> CONFIGURATION.matcher(text).results())
            .anyMatch(other -> other.group(1).equals(id.group(1)));
  }

  private static Map<String, String> read() {
    Map<String, String> texts = new TreeMap<>();
    FOLDERS.forEach(
        (folder, one) ->
            JarFolder.texts(folder, one)
                .forEach((path, text) -> texts.put(folder + "/" + path, text)));
    return texts;
  }
}
