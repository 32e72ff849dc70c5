package hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The relative links of README, src/docs and .github lead to a file, and to a heading in it; the
 * classes that decisions name exist.
 */
class LinksTest {
  private static final Path README = Path.of("README.md");
  private static final Path DOCS = Path.of("src/docs");

  /** May be missing from a copy of the sources; then nothing in it or to it is checked. */
  private static final Path GITHUB = Path.of(".github");

  private static final Path CONTENTS = DOCS.resolve("README.md");

  /** Names the pages of senders, of which the contents would be too long. */
  private static final Path SENDERS = DOCS.resolve("reference/schemes.md");

  private static final Path COOKBOOK = DOCS.resolve("cookbook/README.md");

  private static final Path DECISIONS = DOCS.resolve("decisions");

  /** A name of two words or more at the start of a code span, such as {@code `TokenSet`}. */
  private static final Pattern CLASS_NAME =
      Pattern.compile("`((?:[A-Z][a-z0-9]+){2,})(?:[.#(][^`\\n]*)?`");

  /** What decisions name of Camel: classes and headers. */
  private static final Set<String> OF_CAMEL =
      Set.of(
          "CamelRedeliveryDelay",
          "CamelSqlQuery",
          "KameletConsumerNotAvailableException",
          "VertxPlatformHttpConsumer",
          "VertxPlatformHttpServer");

  private static final Pattern FENCED =
      Pattern.compile("^(```+|~~~+).*?^\\1\\s*$", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern CODE = Pattern.compile("`[^`\\n]*`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING =
      Pattern.compile("^#{1,6}\\s+(.*?)\\s*#*$", Pattern.MULTILINE);
  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*:.*");

  /** What a heading's anchor keeps: letters, digits, hyphens, underscores and spaces. */
  private static final Pattern NO_PART_OF_ANCHOR = Pattern.compile("[^\\p{L}\\p{N}_\\- ]");

  @Test
  void every_relative_link_leads_to_a_file_and_a_heading() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (String link : links(page)) {
        fault(page, link).ifPresent(fault -> broken.add(page + " (" + link + "): " + fault));
      }
    }

    assertThat(broken).isEmpty();
  }

  @Test
  void the_contents_name_every_page() throws IOException {
    Set<Path> named = new TreeSet<>(targets(CONTENTS));
    named.add(CONTENTS);
    named.addAll(targets(SENDERS));
    named.addAll(targets(COOKBOOK));

    assertThat(named).containsAll(pages().stream().filter(page -> page.startsWith(DOCS)).toList());
  }

  @Test
  void readme_leads_to_every_page() throws IOException {
    Set<Path> reached = new TreeSet<>(Set.of(README));
    Deque<Path> open = new ArrayDeque<>(reached);
    while (!open.isEmpty()) {
      for (Path target : targets(open.pop())) {
        if (isPage(target) && Files.isRegularFile(target) && reached.add(target)) {
          open.push(target);
        }
      }
    }

    assertThat(reached).containsAll(pages());
  }

  @Test
  void decisions_name_classes_that_exist() throws IOException {
    Set<String> known = new TreeSet<>(OF_CAMEL);
    for (Path sources : List.of(Path.of("src/main/java"), Path.of("src/test/java"))) {
      try (Stream<Path> files = Files.walk(sources)) {
        files.forEach(file -> known.add(file.getFileName().toString().replace(".java", "")));
      }
    }
    Set<String> unknown = new TreeSet<>();
    for (Path page : pages()) {
      if (page.startsWith(DECISIONS)) {
        CLASS_NAME
            .matcher(Files.readString(page))
            .results()
            .filter(name -> !known.contains(name.group(1)))
            .forEach(name -> unknown.add(page.getFileName() + ": " + name.group(1)));
      }
    }

    assertThat(unknown).isEmpty();
  }

  @Test
  void an_anchor_is_the_headings_text_without_its_punctuation() {
    assertThat(anchors("# A `b-c` d, e!\n\n## Same\n\n## Same\n\n```sh\n# no heading\n```\n"))
        .containsExactlyInAnyOrder("a-b-c-d-e", "same", "same-1");
  }

  /** Why a link of a page leads nowhere; empty when it leads somewhere. */
  private static Optional<String> fault(Path page, String link) throws IOException {
    String[] parts = link.split("#", 2);
    Path target = parts[0].isEmpty() ? page : target(page, parts[0]);
    if (target.startsWith(GITHUB) && !Files.isDirectory(GITHUB)) {
      return Optional.empty();
    }
    if (!Files.exists(target)) {
      return Optional.of("there is no " + target);
    }
    if (parts.length == 2
        && !(isPage(target) && anchors(Files.readString(target)).contains(parts[1]))) {
      return Optional.of(target + " has no heading #" + parts[1]);
    }
    return Optional.empty();
  }

  /** Files and folders that the page's links lead to. */
  private static Set<Path> targets(Path page) throws IOException {
    Set<Path> targets = new TreeSet<>();
    for (String link : links(page)) {
      String file = link.split("#", 2)[0];
      if (!file.isEmpty()) {
        targets.add(target(page, file));
      }
    }
    return targets;
  }

  private static Path target(Path page, String file) {
    return Path.of("")
        .resolve(page)
        .resolveSibling(URLDecoder.decode(file, StandardCharsets.UTF_8))
        .normalize();
  }

  /** As they are written, without those to other hosts. */
  private static List<String> links(Path page) throws IOException {
    String text =
        CODE.matcher(FENCED.matcher(Files.readString(page)).replaceAll("")).replaceAll("");
    Matcher link = LINK.matcher(text);
    List<String> links = new ArrayList<>();
    while (link.find()) {
      if (!SCHEME.matcher(link.group(1)).matches()) {
        links.add(link.group(1));
      }
    }
    return links;
  }

  /** The anchors that GitHub gives to a page's headings; the second of the same text ends in -1. */
  private static Set<String> anchors(String text) {
    Set<String> anchors = new TreeSet<>();
    Map<String, Integer> seen = new HashMap<>();
    Matcher heading = HEADING.matcher(FENCED.matcher(text).replaceAll(""));
    while (heading.find()) {
      String words = heading.group(1).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1");
      String anchor =
          NO_PART_OF_ANCHOR
              .matcher(words.toLowerCase(Locale.ROOT))
              .replaceAll("")
              .replace(' ', '-');
      int before = seen.merge(anchor, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? anchor : anchor + "-" + before);
    }
    return anchors;
  }

  private static boolean isPage(Path file) {
    return file.toString().endsWith(".md");
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(README));
    for (Path folder : List.of(DOCS, GITHUB)) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.walk(folder)) {
          files.filter(LinksTest::isPage).sorted().forEach(pages::add);
        }
      }
    }
    return pages;
  }
}
