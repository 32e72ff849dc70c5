package hub.call.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * {@code http-api-action} and {@code provider-call-action} differ only in the steps that send the
 * request. Camel cannot put one inside the other, so this test keeps them equal.
 */
class CallKameletsTest {
  private static final List<String> SETTINGS =
      List.of("needs", "timeoutSeconds", "maxRetries", "ratePerSecond");

  private static JsonNode http;
  private static JsonNode any;

  @BeforeAll
  static void read() throws IOException {
    http = kamelet("http-api-action");
    any = kamelet("provider-call-action");
  }

  private static JsonNode kamelet(String name) throws IOException {
    String yaml =
        Files.readString(Path.of("src/main/resources/kamelets/" + name + ".kamelet.yaml"));
    return new ObjectMapper()
        .valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml))
        .path("spec");
  }

  @Test
  void both_take_the_same_settings_with_the_same_defaults() {
    for (String name : SETTINGS) {
      ObjectNode ofHttp = parameter(http, name);
      ObjectNode ofAny = parameter(any, name);
      if (name.equals("needs")) {
        // The description of http-api-action adds that its secret is one of its needs.
        ofHttp.remove("description");
        ofAny.remove("description");
      }
      assertThat(ofHttp).as(name).isEqualTo(ofAny);
      assertThat(enter(http).path(name).asText()).contains("{{" + name + "}}");
      assertThat(enter(any).path(name).asText()).contains("{{" + name + "}}");
    }
  }

  @Test
  void both_make_an_attempt_in_the_same_way() {
    assertThat(attempt(http)).isEqualTo(attempt(any));
  }

  private static ObjectNode parameter(JsonNode kamelet, String name) {
    return (ObjectNode) kamelet.path("definition").path("properties").path(name);
  }

  private static JsonNode enter(JsonNode kamelet) {
    for (JsonNode bean : kamelet.path("template").path("beans")) {
      if (bean.path("name").asText().equals("enter")) {
        return bean.path("properties");
      }
    }
    throw new AssertionError("no bean enter");
  }

  /** Its steps without those that send the request. */
  private static JsonNode attempt(JsonNode kamelet) {
    JsonNode from = kamelet.path("template").path("from");
    JsonNode steps = from.path("steps").path(0).path("doTry").path("steps");
    ((ObjectNode) steps.path(1).path("circuitBreaker")).remove("steps");
    return from;
  }
}
