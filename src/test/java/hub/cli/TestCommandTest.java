package hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestCommandTest {
  @TempDir private Path folder;
  private Path greet;

  @BeforeEach
  void the_example() throws IOException {
    greet = Files.createDirectories(folder.resolve("routes/example"));
    Files.copy(
        Path.of("routes/example/example-greet.camel.yaml"),
        greet.resolve("example-greet.camel.yaml"));
  }

  private void test(String log) throws IOException {
    Files.writeString(
        greet.resolve("example-greet.test.yaml"),
        """
        - name: greets
          given: {event: {source: example, type: greeting.sent, payload: {name: Ada}}}
          then: {state: done, log: [%s]}
        """
            .formatted(log));
  }

  @Test
  void tells_of_each_test_and_fails_with_one_of_them() throws IOException {
    Shell shell = new Shell(folder);
    test("Hello Ada");
    Shell.Result passed = shell.run("test");
    assertThat(passed.code()).as(passed.err()).isZero();
    assertThat(passed.out())
        .contains("ok     routes/example/example-greet.test.yaml: greets (")
        .contains("1 test, 0 failed");
    test("Hello Bob");
    Shell.Result failed = shell.run("test", "routes/example/example-greet.test.yaml", "--json");
    assertThat(failed.code()).isEqualTo(1);
    JsonNode report = Json.own(failed.out());
    assertThat(report.path("passed").asBoolean(true)).isFalse();
    JsonNode failure = report.at("/tests/0/failures/0");
    assertThat(failure.path("file").asText()).isEqualTo("routes/example/example-greet.test.yaml");
    assertThat(failure.path("line").asInt()).isEqualTo(3);
    assertThat(failure.path("expected").asText()).contains("Hello Bob");
    assertThat(failure.path("actual").asText()).contains("Hello Ada");
  }

  @Test
  void a_file_that_is_not_there_is_wrong_usage() {
    Shell.Result result = new Shell(folder).run("test", "routes/none.test.yaml");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("routes/none.test.yaml: there is no such file of tests");
  }
}
