package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import hub.inbox.db.TypePattern;
import hub.util.Json;
import hub.webhook.OutgoingWebhook;
import hub.webhook.verify.WebhookScheme;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A new handler, which logs each event, and its test.
 *
 * @param route its id
 * @param types patterns of the types that it takes, comma-separated
 * @param scheme of the source, with samples for the test; empty where it is unknown
 */
record NewHandlerFiles(
    NewName route, NewName source, String types, Optional<WebhookScheme> scheme) {

  /** An event for the test: its type, and its payload as YAML. */
  record Example(String type, String payload) {}

  NewFiles addTo(NewFiles files, Path folder) {
    return files
        .with(folder.resolve(route.text() + ".camel.yaml"), yaml())
        .with(folder.resolve(route.text() + ".test.yaml"), test());
  }

  private String yaml() {
    return """
        - route:
            id: %s
            description: %s
            from:
              uri: inbox:%s
              parameters:
                types: %s
              steps:
                - log:
                    message: "${variable.type} of ${variable.source}, attempt ${variable.attempt}"
        """
        .formatted(
            route.text(),
            NewFiles.scalar("Handles events of " + source.text() + "."),
            source.text(),
            NewFiles.scalar(types));
  }

  private String test() {
    Example example = example();
    return """
        - name: %s handles an event
          given:
            event:
              source: %s
              type: %s
              payload: %s
          then:
            state: done
            log:
              - %s
        """
        .formatted(
            route.text(),
            source.text(),
            NewFiles.scalar(example.type()),
            example.payload(),
            NewFiles.scalar(example.type() + " of " + source.text() + ", attempt 1"));
  }

  /** The scheme's first sample of a type that the handler takes, else a small event. */
  Example example() {
    List<TypePattern> patterns = TypePattern.all(types);
    Optional<String> ofSample =
        scheme.stream()
            .flatMap(one -> one.samples().stream())
            .map(WebhookScheme.Sample::type)
            .filter(type -> patterns.stream().anyMatch(pattern -> pattern.matches(type)))
            .findFirst();
    String type = ofSample.orElseGet(() -> types.split(",", -1)[0].strip().replace("*", "sample"));
    return new Example(
        type, scheme.flatMap(one -> payload(one, type)).orElse("{\"id\": \"evt_1\"}"));
  }

  /** The body of a sample as YAML; empty when none can be made. */
  private static Optional<String> payload(WebhookScheme scheme, String type) {
    try {
      OutgoingWebhook message =
          new SendMessage(scheme, Optional.of(type), Optional.of("1"), Optional.empty())
              .to("http://localhost/", "", Instant.parse("2026-01-31T12:00:00Z"))
              .message();
      Optional<JsonNode> json = Json.parse(message.body());
      // JSON is YAML; a form stays a text.
      return Optional.of(
          json.filter(JsonNode::isContainerNode)
              .map(Json::text)
              .orElseGet(
                  () -> NewFiles.scalar(new String(message.body(), StandardCharsets.UTF_8))));
    } catch (CommandFailedException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
