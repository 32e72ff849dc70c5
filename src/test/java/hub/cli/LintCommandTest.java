package hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import hub.cli.Shell.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LintCommandTest {
  /** Required fields of SARIF 2.1.0, of what the report uses. */
  private static final String SARIF =
      """
      type: object
      required: [version, runs]
      properties:
        version: {const: 2.1.0}
        runs:
          type: array
          items:
            type: object
            required: [tool, results]
            properties:
              tool:
                type: object
                required: [driver]
                properties:
                  driver:
                    type: object
                    required: [name, rules]
                    properties:
                      rules:
                        type: array
                        uniqueItems: true
                        items:
                          type: object
                          required: [id]
                          properties: {shortDescription: {type: object, required: [text]}}
              columnKind: {enum: [utf16CodeUnits, unicodeCodePoints]}
              results:
                type: array
                items:
                  type: object
                  required: [message, ruleId, ruleIndex, level, locations]
                  properties:
                    level: {enum: [none, note, warning, error]}
                    message: {type: object, required: [text]}
                    locations:
                      type: array
                      items:
                        type: object
                        properties:
                          physicalLocation:
                            type: object
                            required: [artifactLocation]
                            properties:
                              artifactLocation:
                                type: object
                                required: [uri]
                                properties: {uri: {type: string, format: uri-reference}}
                              region:
                                type: object
                                properties:
                                  startLine: {type: integer, minimum: 1}
                                  startColumn: {type: integer, minimum: 1}
      """;

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void layOutTwoFilesWithFaultsAndASetting() throws IOException {
    Files.createDirectories(folder.resolve("routes"));
    write("application.properties", "hub.inbox.retention-day = 3\n");
    write(
        "routes/shop/shop-tick.camel.yaml",
        """
        - route:
            id: shop-tick
            description: Ticks.
            from:
              uri: timer:tick
              steps:
                - to:
                    uri: direct:too
        """);
    write(
        "routes/shop/shop-webhook.camel.yaml",
        """
        - route:
            id: shop-webhook
            description: Receives the shop's events.
            from:
              uri: kamelet:webhook-source
              parameters:
                source: shop
                scheme: bearer
                secrets: SHOP_SECRET
                eventId: $.id
              steps:
                - to:
                    uri: inbox:shop
        """);
    write(
        "routes/shop/shop-two.camel.yaml",
        """
        - route:
            id: shop-two
            description: Is asked by others.
            from:
              uri: direct:two
              steps:
                - setBdy: {}
        """);
    shell = new Shell(folder).with("hub.data-dir", folder.resolve("data").toString());
  }

  private void write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  @Test
  void json_has_each_fault_with_its_place_and_nothing_else() throws IOException {
    Result result = shell.run("lint", "--json");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).isEmpty();
    assertThat(new ObjectMapper().readTree(result.out()))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"faults": [
                      {"file": "application.properties", "line": 1, "column": 1, "severity": "error",
                       "what": "unknown setting 'hub.inbox.retention-day'",
                       "remedy": "did you mean 'hub.inbox.retention-days'?"},
                      {"file": "routes/shop/shop-tick.camel.yaml", "line": 8, "column": 13, "severity": "error",
                       "what": "no route starts from direct:too", "remedy": "did you mean 'two'?"},
                      {"file": "routes/shop/shop-two.camel.yaml", "line": 7, "column": 11, "severity": "error",
                       "what": "unknown step 'setBdy'", "remedy": "did you mean 'setBody'?"},
                      {"file": "routes/shop/shop-webhook.camel.yaml", "line": 9, "column": 9, "severity": "warning",
                       "what": "SHOP_SECRET is not set",
                       "remedy": "set it to the secret that shop signs with, or add optional: true"}
                    ]}
                    """));
    assertThat(shell.run("lint", "--format", "json").out()).isEqualTo(result.out());
  }

  @Test
  void named_files_alone_are_told_and_still_see_the_others() {
    Result tick = shell.run("lint", "routes/shop/shop-tick.camel.yaml");
    Result webhook =
        shell.run("lint", folder.resolve("routes/shop/shop-webhook.camel.yaml").toString());

    assertThat(tick.code()).isEqualTo(1);
    assertThat(tick.out().lines())
        .containsExactly(
            "routes/shop/shop-tick.camel.yaml:8: no route starts from direct:too; did you mean 'two'?",
            "1 error, 0 warnings");
    assertThat(webhook.code()).as(webhook.out()).isZero();
    assertThat(webhook.out()).contains("0 errors, 1 warning");
    assertThat(shell.run("lint", "application.properties").code()).isEqualTo(1);
  }

  @Test
  void a_file_that_is_not_there_or_not_the_projects_is_wrong_usage() throws IOException {
    write("notes.txt", "");

    for (String file : new String[] {"routes/shop/gone.camel.yaml", "notes.txt", "routes/shop"}) {
      Result result = shell.run("lint", file, "--json");

      assertThat(result.code()).isEqualTo(2);
      assertThat(result.out()).isEmpty();
      assertThat(result.err()).contains(file, "Usage: integration-master lint");
    }
    assertThat(shell.run("lint", "--format", "xml").code()).isEqualTo(2);
    assertThat(shell.run("lint", "--format", "sarif", "--json").code()).isEqualTo(2);
  }

  @Test
  void a_missing_secret_is_an_error_with_settings_alone() {
    String file = "routes/shop/shop-webhook.camel.yaml";

    assertThat(shell.run("lint", file).code()).isZero();
    assertThat(shell.run("lint", file, "--settings").code()).isEqualTo(1);
    assertThat(
            shell
                .with("SHOP_SECRET", "a-secret-of-16-bytes")
                .run("lint", file, "--settings")
                .code())
        .isZero();
  }

  @Test
  void github_gets_an_annotation_for_each_fault() throws IOException {
    write("routes/shop/50%,a:b.yaml", "");

    assertThat(shell.run("lint", "--format", "github").out().lines())
        .contains(
            "::error file=routes/shop/shop-two.camel.yaml,line=7,col=11,title=Integration Master%3A"
                + " route::unknown step 'setBdy'; did you mean 'setBody'?",
            "::warning file=routes/shop/shop-webhook.camel.yaml,line=9,col=9,title=Integration"
                + " Master%3A route::SHOP_SECRET is not set; set it to the secret that shop signs"
                + " with, or add optional: true")
        .anyMatch(
            line -> line.startsWith("::warning file=routes/shop/50%25%2Ca%3Ab.yaml,line=1,col=1,"))
        .allMatch(line -> line.matches("::(error|warning) [^:]+::.+"));
  }

  @Test
  void sarif_has_what_its_schema_requires_and_the_place_of_each_fault() throws IOException {
    write("routes/shop/a b.yaml", "");

    String out = shell.run("lint", "--format", "sarif").out();

    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SARIF, InputFormat.YAML)
                .validate(out, InputFormat.JSON))
        .isEmpty();
    JsonNode run = new ObjectMapper().readTree(out).at("/runs/0");
    assertThat(run.get("results"))
        .anySatisfy(
            result -> {
              JsonNode place = result.at("/locations/0/physicalLocation");
              assertThat(place.at("/artifactLocation/uri").asText())
                  .isEqualTo("routes/shop/shop-two.camel.yaml");
              assertThat(place.at("/region/startLine").asInt()).isEqualTo(7);
              assertThat(result.get("level").asText()).isEqualTo("error");
              assertThat(result.at("/message/text").asText()).startsWith("unknown step 'setBdy'");
            })
        .anySatisfy(
            result ->
                assertThat(result.at("/locations/0/physicalLocation/artifactLocation/uri").asText())
                    .isEqualTo("routes/shop/a%20b.yaml"))
        .allSatisfy(
            result ->
                assertThat(
                        run.at("/tool/driver/rules")
                            .path(result.get("ruleIndex").asInt())
                            .get("id"))
                    .isEqualTo(result.get("ruleId")));
  }
}
