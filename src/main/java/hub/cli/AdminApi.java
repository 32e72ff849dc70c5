package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import hub.http.HeaderNames;
import hub.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Client of a running hub's operator API.
 *
 * @param url without a trailing slash
 * @param polls whether the requests are many of one kind, which the hub then does not log each
 */
record AdminApi(String url, String key, boolean polls) {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final String PROBLEM = "urn:hub:problem:";

  /** A replay of a hundred thousand events takes minutes. */
  private static final Duration REPLAY_TIMEOUT = Duration.ofMinutes(30);

  /** The hub copies its database before it answers. */
  private static final Duration BACKUP_TIMEOUT = Duration.ofHours(2);

  private static final int MOST_BYTES_OF_PROBLEM = 65_536;

  AdminApi(String url, String key) {
    this(url, key, false);
  }

  /** The same for a command that asks again and again. */
  AdminApi polling() {
    return new AdminApi(url, key, true);
  }

  /** All details of one event. */
  JsonNode event(String id) {
    return answer(request("/events/" + encoded(id), TIMEOUT).GET().build());
  }

  /** A page of the list of events. */
  JsonNode events(Map<String, String> parameters) {
    String query =
        parameters.entrySet().stream()
            .map(one -> one.getKey() + "=" + encoded(one.getValue()))
            .collect(Collectors.joining("&"));
    return answer(request("/events?" + query, TIMEOUT).GET().build());
  }

  JsonNode replay(String id) {
    return answer(
        request("/events/" + encoded(id) + "/replay", TIMEOUT)
            .POST(BodyPublishers.noBody())
            .build());
  }

  JsonNode replayAll(JsonNode filter) {
    return answer(
        request("/replays", REPLAY_TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(Json.bytes(filter)))
            .build());
  }

  /** Runs a statement that reads; the answer has {@code columns}, {@code rows} and {@code cut}. */
  JsonNode sql(String statement) {
    return answer(
        request("/sql", TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(Json.bytes(Json.object().put("statement", statement))))
            .build());
  }

  /** Starts a catch-up; the answer has its id and state. */
  JsonNode startCatchUp(JsonNode wish) {
    return answer(
        request("/catch-ups", TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(Json.bytes(wish)))
            .build());
  }

  /** A catch-up and how far it is. */
  JsonNode catchUp(String id) {
    return answer(request("/catch-ups/" + encoded(id), TIMEOUT).GET().build());
  }

  /** Rotates a batch of tokens; {@code remaining} in the answer is the number of those left. */
  JsonNode rotateKeys() {
    return answer(request("/tokens/rotate", TIMEOUT).POST(BodyPublishers.noBody()).build());
  }

  /**
   * Has the hub make a backup.
   *
   * @param keys whether the keys of its data folder go along
   * @return the file, to be closed
   */
  InputStream backup(boolean keys) {
    HttpResponse<InputStream> answer =
        CliHttp.send(
            request("/backup", BACKUP_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.bytes(Json.object().put("keys", keys))))
                .build(),
            BodyHandlers.ofInputStream());
    if (answer.statusCode() == 200) {
      return answer.body();
    }
    try (InputStream body = answer.body()) {
      throw refusal(answer.statusCode(), Json.parse(body.readNBytes(MOST_BYTES_OF_PROBLEM)));
    } catch (IOException e) {
      throw refusal(answer.statusCode(), Optional.empty());
    }
  }

  private HttpRequest.Builder request(String path, Duration timeout) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + "/api/admin" + path))
            .header(HeaderNames.AUTHORIZATION, "Bearer " + key)
            .timeout(timeout);
    return polls ? request.header(HeaderNames.POLL, "1") : request;
  }

  private JsonNode answer(HttpRequest request) {
    HttpResponse<String> answer = CliHttp.send(request);
    Optional<JsonNode> json = Json.parse(answer.body().getBytes(StandardCharsets.UTF_8));
    if (answer.statusCode() < 300 && json.isPresent() && isOfHub(answer)) {
      return json.get();
    }
    throw refusal(answer.statusCode(), json);
  }

  private CommandFailedException refusal(int status, Optional<JsonNode> json) {
    String type = json.map(one -> one.path("type").asText()).orElse("");
    if (!type.startsWith(PROBLEM)) {
      return CommandFailedException.failed(
          "%s answers %d, but not as a hub: another program listens there. Name the hub with --url, HUB_URL or PORT."
              .formatted(url, status));
    }
    String problem =
        status
            + " "
            + type.substring(PROBLEM.length())
            + ": "
            + json.get().path("detail").asText()
            + (status == 401
                ? " This is the hub at " + url + "; another one has another key."
                : "");
    return status == 400
        ? CommandFailedException.wrongUsage(problem)
        : CommandFailedException.failed(problem);
  }

  private static boolean isOfHub(HttpResponse<String> answer) {
    return answer.headers().firstValue(HeaderNames.REQUEST_ID).isPresent();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
