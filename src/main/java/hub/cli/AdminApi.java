package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A running hub's operator API.
 *
 * @param url without a slash at its end
 */
record AdminApi(String url, String key) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Replaying a hundred thousand events takes its time. */
  private static final Duration REPLAY_PATIENCE = Duration.ofMinutes(30);

  /** A page of the list; parameters with a blank value are left out. */
  JsonNode events(Map<String, String> parameters) {
    String query =
        parameters.entrySet().stream()
            .map(one -> one.getKey() + "=" + encoded(one.getValue()))
            .collect(Collectors.joining("&"));
    return answer(request("/events?" + query, PATIENCE).GET().build());
  }

  JsonNode replay(String id) {
    return answer(
        request("/events/" + encoded(id) + "/replay", PATIENCE)
            .POST(BodyPublishers.noBody())
            .build());
  }

  JsonNode replayAll(JsonNode filter) {
    return answer(
        request("/replays", REPLAY_PATIENCE)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(Json.bytes(filter)))
            .build());
  }

  /** Does a part of it; {@code remaining} tells whether there is more. */
  JsonNode rotateKeys() {
    return answer(request("/tokens/rotate", PATIENCE).POST(BodyPublishers.noBody()).build());
  }

  private HttpRequest.Builder request(String path, Duration patience) {
    return HttpRequest.newBuilder(URI.create(url + "/api/admin" + path))
        .header("Authorization", "Bearer " + key)
        .timeout(patience);
  }

  private JsonNode answer(HttpRequest request) {
    HttpResponse<String> answer = CliHttp.send(request);
    Optional<JsonNode> json = Json.parse(answer.body().getBytes(StandardCharsets.UTF_8));
    if (answer.statusCode() < 300 && json.isPresent()) {
      return json.get();
    }
    String problem =
        answer.statusCode()
            + json.map(one -> one.path("type").asText().replace("urn:hub:problem:", " ")).orElse("")
            + json.map(one -> ": " + one.path("detail").asText())
                .orElse(": this is no answer of a hub; see --url");
    throw answer.statusCode() == 400
        ? CommandFailedException.wrongUsage(problem)
        : CommandFailedException.failed(problem);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
