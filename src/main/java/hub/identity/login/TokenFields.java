package hub.identity.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A token endpoint's answer in the standard's form (RFC 6749, 5.1), whatever form a provider gives
 * it: form-encoded, scopes in a list or with commas, times in texts, no token type or one of its
 * own.
 *
 * <p>Every token is taken for a bearer token: nothing else was asked for.
 */
final class TokenFields {
  /** What may be told of a provider's word: nothing that could be a token. */
  private static final String WORD = "[A-Za-z0-9_.-]{1,64}";

  private static final int MOST_NAMES = 20;

  /** Of the names of an answer's fields, so that the sentence about them stays one. */
  private static final int MOST_CHARACTERS = 100;

  private TokenFields() {}

  /** What the answer says; empty when it is neither a JSON object nor a form. */
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
      for (String pair : text.split("&")) {
        String[] parts = pair.split("=", 2);
        fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
      }
      return Optional.of(fields);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * The provider's word for a fault, which some tell with a 200: {@code {"error":"…"}}, {@code
   * {"ok":false,"error":"…"}}, {@code {"errors":[…]}}, an error that is an object. Never a
   * description, in which anything may stand. Empty when the answer tells of none.
   */
  static String fault(JsonNode answer) {
    if (answer.path("message").asText().strip().equalsIgnoreCase("invalid refresh token")) {
      // Twitch's error is "Bad Request" for whatever is wrong.
      return "invalid_refresh_token";
    }
    for (String name : List.of("error", "errors", "error_code")) {
      JsonNode error = answer.path(name);
      if (!error.isMissingNode() && !error.isNull() && !isNothing(error)) {
        return word(error).orElse("unreadable_error");
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

  private static Optional<String> word(JsonNode error) {
    if (error.isArray()) {
      return word(error.get(0));
    }
    if (error.isObject()) {
      for (String name : List.of("code", "type", "error", "name", "status")) {
        Optional<String> found =
            error.path(name).isValueNode() ? word(error.get(name)) : Optional.empty();
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }
    return Optional.of(error.asText()).filter(text -> text.matches(WORD));
  }

  /**
   * Puts the fields into the standard's form.
   *
   * @return what is wrong, as the end of a sentence that begins with the answer; empty when it can
   *     be a token
   */
  static Optional<String> mend(ObjectNode fields) {
    String token =
        fields.path("access_token").isTextual() ? fields.get("access_token").asText() : "";
    if (token.isBlank()) {
      return Optional.of("has no access_token, it has: " + names(fields));
    }
    // Some leave the type out, others name what they mean by it: "user", "bot", "JWT".
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

  /** Of a number or a text, with or without a fraction. */
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
              if (name.matches("[A-Za-z0-9_]{1,32}") && names.size() < MOST_NAMES) {
                names.add(name);
              }
            });
    String all = names.isEmpty() ? "nothing" : String.join(", ", names);
    return all.substring(0, Math.min(all.length(), MOST_CHARACTERS));
  }
}
