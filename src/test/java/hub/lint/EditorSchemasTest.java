package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EditorSchemasTest {
  @TempDir private static Path folder;
  private static JsonNode settings;
  private static SchemaRegistry registry;

  @BeforeAll
  static void write() throws IOException {
    settings =
        new ObjectMapper()
            .readTree(EditorSchemas.write(Path.of("schemas"), folder.resolve("schemas")));
    Map<String, String> texts = new HashMap<>();
    for (String name : EditorSchemas.all().keySet()) {
      texts.put("https://hub.example/" + name, Files.readString(folder.resolve("schemas/" + name)));
    }
    registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_7, builder -> builder.schemas(texts));
  }

  private static List<String> faults(String schema, String yaml) {
    Schema compiled = registry.getSchema(SchemaLocation.of("https://hub.example/" + schema));
    return compiled.validate(yaml, InputFormat.YAML).stream().map(Error::toString).toList();
  }

  @Test
  void every_shipped_file_fits_its_schema() throws IOException {
    List<String> faults = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    try (Stream<Path> files = Files.walk(Path.of("routes"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        settings
            .get("yaml.schemas")
            .properties()
            .forEach(
                schema -> {
                  if (matches(schema.getValue().asText(), file)) {
                    String name = schema.getKey().replace("./schemas/", "");
                    seen.merge(name, 1, Integer::sum);
                    faults(name, text(file)).forEach(fault -> faults.add(file + ": " + fault));
                  }
                });
      }
    }
    inJar("schemes", "scheme.schema.json", faults);
    inJar("kamelets", "kamelet.schema.json", faults);
    inJar("policies", "routes.schema.json", faults);

    assertThat(faults).isEmpty();
    assertThat(seen).containsKeys("routes.schema.json", "providers.schema.json");
    assertThat(seen.get("routes.schema.json")).isGreaterThan(50);
  }

  private static void inJar(String folder, String schema, List<String> faults) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/resources", folder))) {
      files
          .filter(file -> file.toString().endsWith(".yaml"))
          .forEach(
              file -> faults(schema, text(file)).forEach(fault -> faults.add(file + ": " + fault)));
    }
  }

  private static boolean matches(String glob, Path file) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    return matcher.matches(file);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void a_misspelt_step_or_a_missing_description_of_a_route_does_not_fit() {
    assertThat(
            faults(
                "routes.schema.json",
                "- route: {id: a, from: {uri: 'direct:a', steps: [{setBdy: {}}]}}"))
        .anyMatch(fault -> fault.contains("setBdy"))
        .anyMatch(fault -> fault.contains("description"));
    assertThat(
            faults(
                "kamelet.schema.json",
                """
                apiVersion: camel.apache.org/v1
                kind: Kamelet
                metadata: {name: my-action}
                spec:
                  definition: {title: Mine, description: Does it.}
                  template: {from: {uri: "kamelet:source", steps: [{setBdy: {}}]}}
                """))
        .anyMatch(fault -> fault.contains("setBdy"));
  }

  @Test
  void the_example_of_a_test_fits() {
    assertThat(
            faults(
                "test.schema.json",
                """
                - name: notes an order
                  given: {event: {source: shop, type: order.paid, payload: {order: {number: 7}}}, sql: [delete from note]}
                  stubs: {ask-crm: {body: {name: Ada}}, tell: [{throw: no}, {status: 500, delayMillis: 3}, {}]}
                  then: {state: done, log: [Order 7], calls: {ask-crm: {times: 1, path: /v1/customers/7}}, rows: {"select count(*) from note": 1}}
                - name: answers
                  given: {request: {method: GET, path: /api/x, query: {a: 1}}, time: "2026-11-30T12:00:00Z"}
                  then: {answer: {status: 200, body: {a: 1}}, emails: 1, error: none}
                  effects: at-least-once
                - name: reads what stands beside the event
                  given: {event: {source: shop}, headers: {X-Shop: north}, variables: {a: 1}, orderingKey: 7, file: order.json}
                  then: {state: done}
                """))
        .isEmpty();
  }

  @Test
  void the_schema_of_tests_has_the_words_that_their_reader_knows() {
    JsonNode schema = EditorSchemas.all().get("test.schema.json");
    Map<String, Set<String>> known =
        Map.of(
            "/items", TestFileReader.KEYS,
            "/definitions/given", GivenReader.KEYS,
            "/definitions/given/properties/event", GivenReader.EVENT_KEYS,
            "/definitions/given/properties/request", GivenReader.REQUEST_KEYS,
            "/definitions/stub", StubReader.KEYS,
            "/definitions/then", ThenReader.KEYS,
            "/definitions/then/properties/answer", ThenReader.ANSWER_KEYS,
            "/definitions/call", ThenReader.CALL_KEYS);

    known.forEach(
        (place, keys) -> {
          JsonNode part = schema.at(place);
          assertThat(part.path("additionalProperties").asBoolean(true))
              .as(place + " takes other keys")
              .isFalse();
          assertThat(part.path("properties").fieldNames())
              .toIterable()
              .as(place)
              .containsExactlyInAnyOrderElementsOf(keys);
        });
    assertThat(words(schema.at("/definitions/then/properties/state/enum")))
        .isEqualTo(ThenReader.STATES);
    assertThat(words(schema.at("/items/properties/effects/enum")))
        .isEqualTo(TestFileReader.EFFECTS);
  }

  private static Set<String> words(JsonNode list) {
    Set<String> words = new TreeSet<>();
    list.forEach(word -> words.add(word.asText()));
    return words;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- given: {event: {source: a}}\n  then: {state: done}",
        "- name: a\n  given: {}\n  then: {state: done}",
        "- name: a\n  given: {event: {source: a}, request: {path: /a}}\n  then: {state: done}",
        "- name: a\n  given: {event: {source: a, payload: 1, file: b}}\n  then: {state: done}",
        "- name: a\n  given: {event: {source: a, payload: 1}, file: b}\n  then: {state: done}",
        "- name: a\n  given: {event: {source: a, headers: {}}, headers: {}}\n  then: {state: done}",
        "- name: a\n  given: {request: {path: /a}, headers: {}}\n  then: {state: done}",
        "- name: a\n  given: {event: {source: a}}\n  then: {state: finished}",
        "- name: a\n  given: {event: {source: a}}\n  then: {stat: done}",
        "- name: a\n  given: {event: {source: a}}\n  stubs: {b: {stats: 1}}\n  then: {state: done}"
      })
  void a_test_with_a_fault_does_not(String yaml) {
    assertThat(faults("test.schema.json", yaml)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acme: {issuer: 'https://acme.example'}",
        "acme: {issuer: 'https://acme.example', client-id: a, clientsecret: b}",
        "acme: {client-id: a, token-url: 'https://acme.example/t'}",
        "login: {issuer: 'https://acme.example', client-id: a}",
        "acme: {issuer: 'ftp://acme.example', client-id: a}"
      })
  void a_provider_with_a_fault_does_not(String yaml) {
    assertThat(faults("providers.schema.json", yaml)).isNotEmpty();
  }

  @Test
  void a_provider_fits() {
    assertThat(
            faults(
                "providers.schema.json",
                """
                acme: {issuer: "{{ACME_ISSUER}}", client-id: "{{ACME_ID}}", client-secret: "{{ACME_SECRET}}", scopes: [openid], pkce: false}
                """))
        .isEmpty();
  }
}
