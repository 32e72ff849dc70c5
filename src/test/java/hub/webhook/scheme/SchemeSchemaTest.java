package hub.webhook.scheme;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The reference is made from the schema, so it has to say everything, and what is. */
class SchemeSchemaTest {
  @Test
  void every_key_has_a_meaning() {
    List<String> silent = new ArrayList<>();
    collect("", SchemeSchema.document(), silent);

    assertThat(silent).isEmpty();
  }

  private static void collect(String path, JsonNode schema, List<String> silent) {
    for (String members : List.of("properties", "patternProperties")) {
      schema
          .path(members)
          .properties()
          .forEach(
              member -> {
                JsonNode value = member.getValue();
                JsonNode definition =
                    SchemeSchema.document().at(value.path("$ref").asText().replace("#", ""));
                if (!value.has("description") && !definition.has("description")) {
                  silent.add(path + "/" + member.getKey());
                }
              });
    }
    schema
        .properties()
        .forEach(member -> collect(path + "/" + member.getKey(), member.getValue(), silent));
  }

  @Test
  void a_default_is_what_the_reader_takes() {
    Object without =
        tree(
            """
            title: Acme
            verify: hmac
            algorithm: sha256
            signature: {in: "header:S"}
            timestamp: {in: "header:T"}
            signed: "{timestamp}{body}"
            digest: {in: "header:D"}
            secret: {variable: ACME_SECRET}
            event: {id: $.id}
            handshake:
              - when: {query: challenge}
                answer: {body: "{query:challenge}"}
            answer: {body: ok}
            sample: {type: a, body: "{}"}
            """);
    Object with =
        tree(
            """
            title: Acme
            verify: hmac
            algorithm: sha256
            signature: {in: "header:S", separator: ",", assign: "="}
            timestamp: {in: "header:T"}
            signed: "{timestamp}{body}"
            digest: {in: "header:D", algorithm: sha256, encoding: hex}
            secret: {variable: ACME_SECRET, encoding: utf8}
            event: {id: $.id, type: "'event'"}
            handshake:
              - when: {query: challenge, method: POST}
                verified: true
                oracle: false
                answer: {status: 200, content-type: text/plain, body: "{query:challenge}"}
            answer: {status: 200, content-type: application/json, body: ok}
            silent-forms: false
            sample: {type: a, content-type: application/json, body: "{}"}
            """);

    assertThat(SchemeSchema.faultsOf(with)).isEmpty();
    assertThat(SchemeReader.read("acme", with)).isEqualTo(SchemeReader.read("acme", without));
  }

  private static Object tree(String yaml) {
    return new Load(LoadSettings.builder().build()).loadFromString(yaml);
  }
}
