package hub.webhook.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.Schemes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are no schemes at all, or more than any scheme needs, are told so at once. */
class SchemeFileLimitsTest {
  private static final String VALID =
      """
      title: Acme
      verify: hmac
      algorithm: sha256
      signature: {in: "header:X-Signature"}
      signed: "{body}"
      secret: {variable: ACME_SECRET}
      event: {id: $.id}
      """;

  private static List<String> faults(String content) {
    return assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> SchemeFiles.faultsOf("acme", content));
  }

  private static String withSigned(String template) {
    return VALID.replace("\"{body}\"", "'" + template + "'");
  }

  @Test
  void the_file_that_the_others_are_made_of_has_no_fault() {
    assertThat(faults(VALID)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[", "{", "- ", "? ", "&a ", "a: [", "'", "\t", "%YAML 1.2\n", "|\n", ": "})
  void a_thousandfold_beginning_has_one_fault(String beginning) {
    assertThat(faults(beginning.repeat(60_000 / beginning.length()))).hasSize(1);
  }

  @Test
  void depth_and_length_and_numbers_have_bounds() {
    assertThat(faults("a: " + "[".repeat(20) + "]".repeat(20)))
        .isEqualTo(List.of("nests deeper than 20 levels"));
    assertThat(faults("x".repeat(70_000))).singleElement().asString().contains("longer than 65536");
    assertThat(faults("title: " + "9".repeat(2000)))
        .singleElement()
        .asString()
        .contains("50 digits");
  }

  @Test
  void a_number_beyond_all_others_is_the_greatest() {
    String file =
        VALID.replace("{body}", "{timestamp}{body}")
            + "timestamp: {in: \"header:X-Time\", tolerance-seconds: 4294967297}";

    assertThat(faults(file)).isEmpty();
    assertThat(SchemeReader.read("acme", SchemeTree.of(file)).signed().toleranceSeconds())
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void lines_that_stand_for_millions_are_refused() {
    String bomb =
        IntStream.range(1, 30)
            .mapToObj(i -> "a%d: &a%d [*a%d, *a%d]".formatted(i, i, i - 1, i - 1))
            .collect(Collectors.joining("\n", "a0: &a0 [x]\n", ""));

    assertThat(faults(bomb)).singleElement().asString().contains("aliases");
    assertThat(faults("&a {title: *a}")).singleElement().asString().contains("aliases");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1: x                   | has the name 1, which is no text",
        "true: x                | has the name true, which is no text",
        "? [a] : b              | is not YAML",
        "title: \"\\ud800\"     | has half of a character",
        "title: !!java.io.File x| is not YAML",
        "a: 1, a: 2             | is not YAML",
      })
  void what_json_does_not_have_is_told(String file, String told) {
    assertThat(faults(file.strip())).singleElement().asString().startsWith(told);
  }

  @Test
  void a_template_of_thousands_of_braces_is_read_in_one_pass() {
    assertThat(faults(withSigned("{body}" + "{a".repeat(30_000)))).isEmpty();
    assertThat(faults(withSigned("{body}" + "{a".repeat(15_000) + "}".repeat(15_000))))
        .singleElement()
        .asString()
        .startsWith("signed: {a{a{a")
        .hasSizeLessThan(600);
    assertThat(
            faults(
                withSigned("{body}" + "{hmac:sha256-hex:".repeat(3000) + "x" + "}".repeat(3000))))
        .isNotEmpty()
        .allSatisfy(
            fault ->
                assertThat(fault)
                    .startsWith("signed: {hmac:sha256-hex:{hmac:")
                    .hasSizeLessThan(600));
  }

  @Test
  void a_secret_that_is_its_prefix_alone_is_too_short(@TempDir Path routes) throws IOException {
    Files.createDirectories(routes.resolve("schemes"));
    Files.writeString(
        routes.resolve("schemes/acme.scheme.yaml"),
        VALID.replace("ACME_SECRET", "ACME_SECRET, prefix: the-prefix-of-acme-"));
    Schemes schemes = new Schemes(SchemeFiles.of(routes));

    assertThatThrownBy(
            () ->
                schemes.of(
                    SchemeOptions.of("acme"), List.of("the-prefix-of-acme-"), Clock.systemUTC()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("secrets: number 1 of 1 has 0 bytes");
  }
}
