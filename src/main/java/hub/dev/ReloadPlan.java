package hub.dev;

import com.fasterxml.jackson.databind.JsonNode;
import hub.config.Variables;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What has to be exchanged to come from one state of the files to another.
 *
 * @param before the files that run
 * @param after the files that are to run
 * @param leaving ids of the routes that stop; those that come again are among {@code coming}
 * @param coming ids of the routes that start
 * @param kamelets names of the Kamelets whose files differ
 * @param configurations files whose route configurations differ
 * @param schemes names of the schemes whose files differ
 * @param restart what cannot be exchanged, by file
 */
record ReloadPlan(
    Side before,
    Side after,
    Set<String> leaving,
    Set<String> coming,
    Set<String> kamelets,
    Set<String> configurations,
    Set<String> schemes,
    Set<String> restart) {

  /** One state of the files. */
  record Side(ProjectFiles files, Map<String, RouteElements> elements) {
    static Side of(ProjectFiles files) {
      Map<String, RouteElements> elements = new TreeMap<>();
      files
          .texts()
          .forEach(
              (name, text) -> {
                if (name.endsWith(RouteElements.SUFFIX)) {
                  elements.put(name, RouteElements.of(name, text));
                }
              });
      return new Side(files, elements);
    }

    /** Definitions by id. */
    Map<String, JsonNode> routes() {
      Map<String, JsonNode> routes = new LinkedHashMap<>();
      elements.values().forEach(file -> routes.putAll(file.routes()));
      return routes;
    }

    String fileOf(String route) {
      return elements.entrySet().stream()
          .filter(file -> file.getValue().routes().containsKey(route))
          .map(Map.Entry::getKey)
          .findFirst()
          .orElse("");
    }

    /** The texts that define these routes, and nothing else, by file. */
    Map<String, String> textsOf(Set<String> routes) {
      Map<String, String> texts = new TreeMap<>();
      elements.forEach(
          (name, file) -> {
            if (file.routes().keySet().stream().anyMatch(routes::contains)) {
              texts.put(name, file.textOf(routes, false));
            }
          });
      return texts;
    }
  }

  static ReloadPlan of(ProjectFiles running, ProjectFiles next) {
    Side before = Side.of(running);
    Side after = Side.of(next);
    Set<String> changed = running.changedTo(next);
    Set<String> kamelets = named(changed, "kamelets/", ".kamelet.yaml");
    Set<String> schemes = named(changed, "schemes/", ".scheme.yaml");
    Set<String> words = new TreeSet<>(kamelets);
    words.addAll(schemes);
    changed.stream()
        .filter(name -> name.endsWith(".sql"))
        .map(name -> name.substring(name.lastIndexOf('/') + 1))
        .forEach(words::add);
    Set<String> outer = kameletsThatName(words, next);
    words.addAll(outer);
    kamelets.addAll(outer);

    Set<String> configurations = new TreeSet<>();
    Set<String> policies = new TreeSet<>();
    Set<String> restart = new TreeSet<>();
    changed.stream()
        .filter(name -> name.endsWith(RouteElements.SUFFIX))
        .forEach(name -> compare(name, before, after, configurations, policies, restart));

    changed.stream().filter(name -> name.endsWith("/" + Variables.FILE)).forEach(restart::add);

    Map<String, JsonNode> old = before.routes();
    Map<String, JsonNode> now = after.routes();
    Set<String> touched = new TreeSet<>();
    now.forEach(
        (id, route) -> {
          if (policies.stream().anyMatch(policy -> follows(route, policy))
              || !route.equals(old.get(id))
              || !before.fileOf(id).equals(after.fileOf(id))
              || namesAny(route.toString(), words)) {
            touched.add(id);
          }
        });
    touched.addAll(handlersThatCall(touched, now));
    addWholeFiles(touched, after);
    Set<String> leaving =
        old.keySet().stream()
            .filter(id -> touched.contains(id) || !now.containsKey(id))
            .collect(Collectors.toCollection(TreeSet::new));
    addWholeFiles(leaving, before);
    touched.addAll(leaving.stream().filter(now::containsKey).toList());
    return new ReloadPlan(
        before, after, leaving, touched, kamelets, configurations, schemes, restart);
  }

  boolean isEmpty() {
    return leaving.isEmpty()
        && coming.isEmpty()
        && kamelets.isEmpty()
        && configurations.isEmpty()
        && schemes.isEmpty();
  }

  /** Adds what of a file's other elements differs; {@code policies}: ids of configurations. */
  private static void compare(
      String name,
      Side before,
      Side after,
      Set<String> configurations,
      Set<String> policies,
      Set<String> restart) {
    RouteElements none = RouteElements.of(name, "[]");
    RouteElements was = before.elements().getOrDefault(name, none);
    RouteElements is = after.elements().getOrDefault(name, none);
    Set<String> ids = new TreeSet<>(was.configurations().keySet());
    ids.addAll(is.configurations().keySet());
    ids.removeIf(id -> Objects.equals(was.configurations().get(id), is.configurations().get(id)));
    if (!ids.isEmpty()) {
      configurations.add(name);
      policies.addAll(ids);
    }
    if (!Objects.equals(was.others(), is.others())) {
      restart.add(name);
    }
  }

  /** Whether a route is run by this configuration; those without an id or named * are for all. */
  private static boolean follows(JsonNode route, String policy) {
    if (policy.isEmpty()) {
      return true;
    }
    String named = route.path("route").path("routeConfigurationId").asText("");
    return named.isEmpty()
        ? policy.equals("*")
        : Stream.of(named.split(","))
            .map(String::strip)
            .anyMatch(
                one ->
                    one.equals(policy)
                        || (one.endsWith("*")
                            && policy.startsWith(one.substring(0, one.length() - 1))));
  }

  private static Set<String> named(Set<String> files, String folder, String suffix) {
    return files.stream()
        .filter(name -> name.startsWith(folder) && name.endsWith(suffix))
        .map(name -> name.substring(folder.length(), name.length() - suffix.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Kamelets that use one of these, directly or through others. */
  private static Set<String> kameletsThatName(Set<String> words, ProjectFiles files) {
    Set<String> found = new LinkedHashSet<>();
    Set<String> all = new LinkedHashSet<>(words);
    boolean grows = true;
    while (grows) {
      grows = false;
      for (String name : named(files.texts().keySet(), "kamelets/", ".kamelet.yaml")) {
        String text = files.texts().get("kamelets/" + name + ".kamelet.yaml");
        if (!all.contains(name) && namesAny(text, all)) {
          grows = found.add(name) | all.add(name);
        }
      }
    }
    return found;
  }

  /**
   * Handlers decide at their start whether all their effects are one transaction, also those of the
   * routes that they call.
   */
  private static Set<String> handlersThatCall(Set<String> touched, Map<String, JsonNode> routes) {
    Set<String> reached = new TreeSet<>(touched);
    boolean grows = true;
    while (grows) {
      Set<String> addresses =
          reached.stream()
              .map(routes::get)
              .map(ReloadPlan::from)
              .filter(from -> from.startsWith("direct:"))
              .collect(Collectors.toSet());
      grows = false;
      for (Map.Entry<String, JsonNode> route : routes.entrySet()) {
        if (!reached.contains(route.getKey())
            && !addresses.isEmpty()
            && namesAny(route.getValue().toString(), addresses)) {
          grows = reached.add(route.getKey());
        }
      }
    }
    reached.removeIf(id -> !from(routes.get(id)).startsWith("inbox:"));
    return reached;
  }

  private static String from(JsonNode route) {
    return route.path("route").path("from").path("uri").asText("");
  }

  /** A file that cannot be divided is exchanged as a whole. */
  private static void addWholeFiles(Set<String> routes, Side side) {
    side.elements()
        .values()
        .forEach(
            file -> {
              if (!file.isDivisible()
                  && file.routes().keySet().stream().anyMatch(routes::contains)) {
                routes.addAll(file.routes().keySet());
              }
            });
  }

  private static boolean namesAny(String text, Set<String> words) {
    return words.stream()
        .anyMatch(
            word ->
                text.contains(word)
                    && Pattern.compile(
                            "(?<![A-Za-z0-9_-])" + Pattern.quote(word) + "(?![A-Za-z0-9_-])")
                        .matcher(text)
                        .find());
  }
}
