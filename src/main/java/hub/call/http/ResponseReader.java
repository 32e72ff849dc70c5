package hub.call.http;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.util.Json;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Reads responses of HTTP APIs. Immutable.
 *
 * @param acceptsHtml whether HTML is a valid response
 * @param safe whether the request's method is safe, so that a retry repeats no effect
 */
record ResponseReader(ExpectedResponse expected, boolean acceptsHtml, boolean safe) {
  /** In characters. A longer message of an API is cut. */
  private static final int MAX_MESSAGE = 300;

  /**
   * The response's body for the route: JSON as maps and lists, everything else as text; null when
   * it is empty or not expected.
   *
   * @param provider for the message
   * @throws CallFailedException when the body has not the expected form
   */
  Object read(ProviderResponse response, String provider) {
    if (response.body().length == 0 || expected == ExpectedResponse.NONE) {
      return null;
    }
    // After a 2xx to an unsafe method a retry would repeat the effect, so any form is accepted.
    boolean anyForm = expected == ExpectedResponse.ANY || !safe;
    if (response.isHtml() && !acceptsHtml && !anyForm) {
      throw new CallFailedException(
          provider, CallFailure.of(CallOutcome.UNAVAILABLE, "its answer is a page of HTML"), null);
    }
    if (!response.isJson()) {
      return response.text();
    }
    Optional<JsonNode> json = Json.parse(response.body());
    if (json.isEmpty() && !anyForm) {
      throw new CallFailedException(
          provider,
          CallFailure.of(CallOutcome.UNAVAILABLE, "its answer is not the JSON that it claims"),
          null);
    }
    return json.isPresent() ? Json.plain(json.get()) : response.text();
  }

  /** The failure that an error response means, with the API's code and message, if any. */
  static CallFailure failure(ProviderResponse response) {
    Optional<JsonNode> json = response.isJson() ? Json.parse(response.body()) : Optional.empty();
    return CallFailure.ofStatus(
        response.status(),
        json.map(ResponseReader::code).orElse(""),
        "HTTP "
            + response.status()
            + json.map(ResponseReader::message).map(text -> ": " + text).orElse(""),
        response.retryAfter());
  }

  /** The same as an exception, with the response's JSON for the route. */
  static CallFailedException refusal(ProviderResponse response, String provider) {
    Optional<JsonNode> json = response.isJson() ? Json.parse(response.body()) : Optional.empty();
    return CallFailedException.answered(
        provider,
        failure(response),
        json.map(Json::plain)
            .filter(Map.class::isInstance)
            .<Map<?, ?>>map(Map.class::cast)
            .orElse(Map.of()));
  }

  /** The error code, from the places where most APIs put it. */
  private static String code(JsonNode json) {
    return first(json, "/error/code", "/code", "/error/type", "/type", "/name", "/error");
  }

  private static String message(JsonNode json) {
    String text =
        first(
            json,
            "/error/message",
            "/message",
            "/detail",
            "/error_description",
            "/title",
            "/errors/0/message");
    return text.substring(0, Math.min(text.length(), MAX_MESSAGE));
  }

  private static String first(JsonNode json, String... places) {
    return Arrays.stream(places)
        .map(json::at)
        .filter(node -> node.isTextual() && !node.asText().isBlank())
        .map(JsonNode::asText)
        .findFirst()
        .orElse("");
  }
}
