package hub.identity.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Form;
import hub.util.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Normalizes the answers of token endpoints to the standard's form (RFC 6749, 5.1). Providers
 * differ: form-encoded answers, scopes in a list or with commas, times as texts, no token type or
 * one of their own.
 *
 * <p>Every token is taken for a bearer token: nothing else was requested.
 */
final class TokenFields {
  /** An error code that may be shown; excludes everything that could be a token. */
  private static final String CODE = "[A-Za-z0-9_.-]{1,64}";

  private static final int MAX_NAMES = 20;

  /** Characters of the list of field names in a message. */
  private static final int MAX_NAMES_LENGTH = 100;

  private TokenFields() {}

  /** The fields of the answer; empty when it is neither a JSON object nor a form. */
  static Optional<ObjectNode> read(byte[] body) {
    Optional<JsonNode> json = Json.parse(body);
    if (json.isPresent()) {
      return json.filter(JsonNode::isObject).map(ObjectNode.class::cast);
    }
    String text = new String(body, StandardCharsets.UTF_8).strip();
    return text.matches("[\\w.%-]+=[^\\s<>\"{}]*(&[\\w.%-]+=[^\\s<>\"{}]*)*")
        ? form(text)
        : Optional.empty();
  }

  private static Optional<ObjectNode> form(String text) {
    ObjectNode fields = Json.object();
    try {
      Form.parse(text).fields().forEach((name, all) -> fields.put(name, all.get(all.size() - 1)));
      return Optional.of(fields);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * The provider's error code, which some send with status 200: {@code {"error":"…"}}, {@code
   * {"ok":false,"error":"…"}}, {@code {"errors":[…]}}, or an error object. Never the description,
   * which may contain anything. Empty when there is no error.
   */
  static String errorCode(JsonNode answer) {
    if (answer.path("message").asText().strip().equalsIgnoreCase("invalid refresh token")) {
      // Twitch's error is always "Bad Request"; only the message tells the cause.
      return "invalid_refresh_token";
    }
    for (String name : List.of("error", "errors", "error_code")) {
      JsonNode error = answer.path(name);
      if (!error.isMissingNode() && !error.isNull() && !isNothing(error)) {
        return code(error).orElse("unreadable_error");
      }
    }
    JsonNode ok = answer.path("ok");
    return ok.isBoolean() && !ok.asBoolean() ? "not_ok" : "";
  }

  private static boolean isNothing(JsonNode error) {
    return (error.isContainerNode() && error.isEmpty())
        || (error.isBoolean() && !error.asBoolean())
        || (error.isTextual() && error.asText().isBlank())
        || (error.isNumber() && error.asInt() == 0);
  }

  private static Optional<String> code(JsonNode error) {
    if (error.isArray()) {
      return code(error.get(0));
    }
    if (error.isObject()) {
      for (String name : List.of("code", "type", "error", "name", "status")) {
        Optional<String> found =
            error.path(name).isValueNode() ? code(error.get(name)) : Optional.empty();
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }
    return Optional.of(error.asText()).filter(text -> text.matches(CODE));
  }

  /**
   * Normalizes the fields to the standard's form.
   *
   * @return the fault, as the end of a sentence that starts with the answer; empty when the answer
   *     has an access token
   */
  static Optional<String> normalize(ObjectNode fields) {
    String token =
        fields.path("access_token").isTextual() ? fields.get("access_token").asText() : "";
    if (token.isBlank()) {
      return Optional.of("has no access_token, it has: " + names(fields));
    }
    // Some providers omit the type, others have types of their own: "user", "bot", "JWT".
    fields.put("token_type", "Bearer");
    set(fields, "scope", scope(fields.path("scope")));
    set(
        fields,
        "refresh_token",
        Optional.of(fields.path("refresh_token"))
            .filter(JsonNode::isTextual)
            .map(JsonNode::asText)
            .filter(text -> !text.isBlank()));
    Optional<Long> seconds = seconds(fields.path("expires_in"));
    fields.remove("expires_in");
    seconds.ifPresent(number -> fields.put("expires_in", number));
    return Optional.empty();
  }

  private static void set(ObjectNode fields, String name, Optional<String> text) {
    fields.remove(name);
    text.ifPresent(value -> fields.put(name, value));
  }

  private static Optional<String> scope(JsonNode scope) {
    List<String> words = new ArrayList<>();
    for (JsonNode one : scope.isArray() ? scope : List.of(scope)) {
      if (one.isTextual()) {
        words.addAll(List.of(one.asText().strip().split("[\\s,]+")));
      }
    }
    words.removeIf(String::isEmpty);
    return words.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", words));
  }

  /** The seconds in a number or text, with or without a fraction. */
  private static Optional<Long> seconds(JsonNode value) {
    try {
      long seconds =
          value.isNumber() || value.isTextual()
              ? new BigDecimal(value.asText().strip()).longValue()
              : 0;
      return seconds > 0 ? Optional.of(seconds) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String names(ObjectNode fields) {
    TreeSet<String> names = new TreeSet<>();
    fields
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (name.matches("[A-Za-z0-9_]{1,32}") && names.size() < MAX_NAMES) {
                names.add(name);
              }
            });
    String all = names.isEmpty() ? "nothing" : String.join(", ", names);
    return all.substring(0, Math.min(all.length(), MAX_NAMES_LENGTH));
  }
}
