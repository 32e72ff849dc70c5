package hub.trial;

import hub.lint.TestCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the route files that some tests can do without, so that their hub starts sooner. What is
 * not certain stays.
 */
final class RouteSelection {
  private static final Pattern ROUTE_ID = Pattern.compile("(?m)^\\s{2,6}id:\\s*[\"']?([\\w.-]+)");
  private static final Pattern DIRECT = Pattern.compile("(?:direct|seda):([\\w.-]+)");
  private static final Pattern FROM =
      Pattern.compile("(?s)from:\\s*(?:\\{\\s*)?uri:\\s*[\"']?(\\S+)");

  private final Map<Path, String> texts = new LinkedHashMap<>();

  private RouteSelection(Path routesDir) throws IOException {
    try (Stream<Path> files = Files.walk(routesDir)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".camel.yaml")).toList()) {
        texts.put(file.toAbsolutePath().normalize(), Files.readString(file));
      }
    }
  }

  /**
   * The files that the tests do not need, as Camel's {@code routesExcludePattern}; may be empty.
   */
  static String excluded(Path routesDir, Collection<TestCase> tests) {
    try {
      RouteSelection selection = new RouteSelection(routesDir);
      Set<Path> needed = selection.needed(tests);
      return selection.texts.keySet().stream()
          .filter(file -> !needed.contains(file))
          .map(file -> "**/" + file.getParent().getFileName() + "/" + file.getFileName())
          .collect(Collectors.joining(","));
    } catch (IOException e) {
      // The start of the hub reports what cannot be read.
      return "";
    }
  }

  private Set<Path> needed(Collection<TestCase> tests) {
    Set<Path> needed = new TreeSet<>();
    Deque<Path> left = new ArrayDeque<>();
    texts.forEach(
        (file, text) -> {
          boolean isShared = !text.contains("- route:") || text.contains("routeTemplate");
          if (isShared || tests.stream().anyMatch(test -> isStartedBy(file, text, test))) {
            left.add(file);
          }
        });
    while (!left.isEmpty()) {
      Path file = left.remove();
      if (needed.add(file)) {
        left.addAll(called(file));
      }
    }
    return needed;
  }

  private boolean isStartedBy(Path file, String text, TestCase test) {
    if (file.getParent().equals(test.file().getParent())) {
      return true;
    }
    return switch (test.given().kind()) {
      case EVENT -> text.contains("inbox:" + test.given().text("source").orElse(""));
      case REQUEST -> text.contains("platform-http:") || text.contains("rest:");
      case SCHEDULE, POLL -> ids(text).contains(test.given().route());
      case ALERT -> text.contains("alert-source");
    };
  }

  private static List<String> ids(String text) {
    return ROUTE_ID.matcher(text).results().map(found -> found.group(1)).toList();
  }

  /**
   * The files of the routes that a file's routes send to; of its folder where only the run knows.
   */
  private Set<Path> called(Path caller) {
    String text = texts.get(caller);
    Set<String> names = new TreeSet<>();
    for (Matcher found = DIRECT.matcher(text); found.find(); ) {
      names.add(found.group(1));
    }
    boolean isDynamic = text.contains("direct:$") || text.contains("toD:");
    return texts.entrySet().stream()
        .filter(
            file ->
                (isDynamic && file.getKey().getParent().equals(caller.getParent()))
                    || FROM.matcher(file.getValue())
                        .results()
                        .map(from -> DIRECT.matcher(from.group(1)))
                        .anyMatch(from -> from.lookingAt() && names.contains(from.group(1))))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }
}
