package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.Declared;
import hub.config.Setting;
import hub.config.Variables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shipped {@code application.properties} lists every setting. */
class ShippedSettingsTest {
  private static final Path FILE = Path.of("application.properties");
  private static final Pattern SHOWN =
      Pattern.compile("#? *(hub\\.[a-z0-9.-]+|[A-Z][A-Z0-9_]+) *=(.*)");

  /** Those of the hub, and those of the integrations that are shipped. */
  private static Stream<Declared> all() {
    return Stream.concat(
        Arrays.stream(Setting.values()),
        Variables.of(Optional.of(Path.of("routes"))).all().stream());
  }

  @ParameterizedTest
  @MethodSource("all")
  void every_setting_stands_below_its_meaning(Declared setting) throws Exception {
    List<String> lines = Files.readAllLines(FILE);
    List<Integer> shown =
        IntStream.range(0, lines.size())
            .filter(i -> key(lines.get(i)).equals(setting.key()))
            .boxed()
            .toList();

    assertThat(shown).as("lines of %s in %s", setting.key(), FILE).hasSize(1);
    int line = shown.get(0);
    assertThat(lines.get(line - 1)).startsWith("# " + setting.meaning());
    String value = lines.get(line).replaceFirst(".*?= *", "");
    if (!value.startsWith("{{")) {
      assertThat(value).as("default of %s", setting.key()).isEqualTo(setting.defaultValue());
    } else {
      assertThat(value)
          .isEqualTo("{{env:%s:%s}}".formatted(setting.variables().get(0), setting.defaultValue()));
    }
  }

  @Test
  void no_other_setting_is_shown() throws Exception {
    List<String> known = all().map(Declared::key).toList();

    assertThat(Files.readAllLines(FILE).stream().map(ShippedSettingsTest::key))
        .filteredOn(key -> !key.isEmpty())
        .isSubsetOf(known);
  }

  private static String key(String line) {
    Matcher shown = SHOWN.matcher(line);
    return shown.matches() ? shown.group(1) : "";
  }
}
