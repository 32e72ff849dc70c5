package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import hub.lint.Mistakes.Mistake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoundRoutesTest {
  private static final Pattern SNIPPET =
      Pattern.compile(
          "(?m)^```yaml\\n((?:#[^\\n]*\\n)*- (?:route|beans|routeConfiguration):\\n.*?)^```",
          Pattern.DOTALL);
  private static final Pattern ID = Pattern.compile("(?m)^ {4}id: (\\S+)$");

  /** What a page leaves to settings and to files that it tells of in words. */
  private static final Pattern DECIDED_ELSEWHERE =
      Pattern.compile(
          " is not set; |there is no login provider|scheme: 'acme' is unknown|secrets is missing"
              + "|there is no component 'kafka'");

  @TempDir Path root;

  @Test
  void routes_of_common_kinds_have_no_errors() {
    List<String> errors = new ArrayList<>();
    List<Mistake> sound = Mistakes.sound();
    int number = 0;
    for (Mistake one : sound) {
      HubFolder hub = Mistakes.folder(root.resolve(String.valueOf(number++)));
      one.files().forEach(hub::write);
      errors(hub).forEach(fault -> errors.add(one.kind() + ": " + fault));
    }

    assertThat(sound).hasSizeGreaterThanOrEqualTo(30);
    assertThat(errors).as(String.join("\n", errors)).isEmpty();
  }

  @Test
  void routes_of_the_documentation_have_no_errors() throws IOException {
    List<String> errors = new ArrayList<>();
    int found = 0;
    try (Stream<Path> docs = Files.walk(Path.of("src/docs"))) {
      List<Path> pages =
          Stream.concat(Stream.of(Path.of("README.md")), docs)
              .filter(path -> path.toString().endsWith(".md"))
              .toList();
      for (Path page : pages) {
        HubFolder hub = Mistakes.folder(root.resolve("page-" + page.toString().replace('/', '-')));
        Matcher snippet = SNIPPET.matcher(Files.readString(page));
        boolean any = false;
        while (snippet.find()) {
          Matcher id = ID.matcher(snippet.group(1));
          String name = id.find() ? id.group(1).replace("\"", "").replace("*", "all") : "some";
          hub.write("routes/page/" + name + ".camel.yaml", snippet.group(1));
          found++;
          any = true;
        }
        if (any) {
          errors(hub).stream()
              .filter(fault -> !DECIDED_ELSEWHERE.matcher(fault).find())
              .forEach(fault -> errors.add(page + ": " + fault));
        }
      }
    }

    assertThat(found).isGreaterThan(40);
    assertThat(errors).as(String.join("\n", errors)).isEmpty();
  }

  private static List<String> errors(HubFolder hub) {
    return hub.faults().stream()
        .filter(fault -> fault.level() == Fault.Level.ERROR)
        .map(Fault::toString)
        .toList();
  }
}
