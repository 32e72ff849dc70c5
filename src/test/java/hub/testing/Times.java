package hub.testing;

import static java.util.Comparator.comparingDouble;
import static java.util.stream.Collectors.joining;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Prints how long tests took, the slowest classes first, and at the end what failed; Maven runs it
 * after them.
 */
public final class Times {
  private static final int CLASSES = 20;
  private static final double LONG_SECONDS = 5;
  private static final int LINES_OF_A_FAILURE = 8;

  private record Timed(String name, double seconds) {}

  private Times() {}

  /**
   * Prints which tests took long, and which failed: Maven tells those where their group ended, far
   * above.
   *
   * @param args the folder of Maven's reports
   */
  public static void main(String[] args) throws Exception {
    if (!Files.exists(Path.of(args[0]))) {
      return;
    }
    List<Timed> classes = new ArrayList<>();
    List<Timed> tooLong = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(args[0]))) {
      for (Path report : files.filter(Times::isReport).toList()) {
        Element suite =
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getDocumentElement();
        classes.add(timed(suite));
        NodeList tests = suite.getElementsByTagName("testcase");
        boolean slow = isTaggedSlow(suite.getAttribute("name"));
        IntStream.range(0, slow ? 0 : tests.getLength())
            .mapToObj(i -> timed((Element) tests.item(i)))
            .filter(test -> test.seconds() > LONG_SECONDS)
            .map(test -> new Timed(suite.getAttribute("name") + " " + test.name(), test.seconds()))
            .forEach(tooLong::add);
        IntStream.range(0, tests.getLength())
            .mapToObj(i -> (Element) tests.item(i))
            .flatMap(test -> failure(suite, test).stream())
            .forEach(failed::add);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d test classes took %.0f s together; the slowest:%n",
        classes.size(),
        classes.stream().mapToDouble(Timed::seconds).sum());
    print(classes.stream(), CLASSES);
    if (!tooLong.isEmpty()) {
      System.out.printf("Tests over %.0f s whose class is not tagged slow:%n", LONG_SECONDS);
      print(tooLong.stream(), tooLong.size());
    }
    if (!failed.isEmpty()) {
      System.out.println("Tests that failed:");
      failed.forEach(one -> System.out.println("  " + one));
    }
  }

  /** Its name and the first lines of what it says. */
  private static Optional<String> failure(Element suite, Element test) {
    return Stream.of("failure", "error")
        .map(kind -> (Element) test.getElementsByTagName(kind).item(0))
        .filter(Objects::nonNull)
        .map(why -> why.getTextContent().strip().lines().limit(LINES_OF_A_FAILURE))
        .map(
            lines ->
                suite.getAttribute("name")
                    + " "
                    + test.getAttribute("name")
                    + lines.map(line -> "%n      %s".formatted(line)).collect(joining()))
        .findFirst();
  }

  private static boolean isReport(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith("TEST-") && name.endsWith(".xml");
  }

  private static Timed timed(Element from) {
    String seconds = from.getAttribute("time").replace(",", "");
    return new Timed(from.getAttribute("name"), Double.parseDouble(seconds));
  }

  private static boolean isTaggedSlow(String name) {
    try {
      Class<?> test = Class.forName(name, false, Times.class.getClassLoader());
      return Arrays.stream(test.getAnnotationsByType(Tag.class))
          .anyMatch(tag -> tag.value().equals("slow"));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static void print(Stream<Timed> times, int most) {
    times
        .sorted(comparingDouble(Timed::seconds).reversed())
        .limit(most)
        .forEach(one -> System.out.printf(Locale.ROOT, "%8.1f s %s%n", one.seconds(), one.name()));
  }
}
