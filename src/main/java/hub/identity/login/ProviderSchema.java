package hub.identity.login;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The names that a provider may have, and the fields that it needs. */
public final class ProviderSchema {
  private static final String NAME = "[a-z0-9][a-z0-9-]{0,39}";

  /**
   * Paths below {@code /api/auth}, and {@code key}, the provider name of the operators' key's
   * sessions.
   */
  private static final Set<String> RESERVED =
      Set.of("callback", "key", "login", "logout", "session", "tokens");

  private static final List<ProviderField> WITHOUT_ISSUER =
      List.of(
          ProviderField.AUTHORIZE_URL,
          ProviderField.TOKEN_URL,
          ProviderField.USER_INFO_URL,
          ProviderField.SUBJECT);

  private ProviderSchema() {}

  /** The JSON Schema of {@code providers.yaml}, for editors. */
  public static ObjectNode document() {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    schema
        .put("$schema", "http://json-schema.org/draft-07/schema#")
        .put("title", "Login providers")
        .put("description", "The providers by name, as in /api/auth/NAME/login.");
    schema.putArray("type").add("object").add("null");
    ObjectNode names = schema.putObject("propertyNames");
    names.put("pattern", "^" + NAME + "$");
    ArrayNode reserved = names.putObject("not").putArray("enum");
    RESERVED.stream().sorted().forEach(reserved::add);
    ObjectNode provider = schema.putObject("additionalProperties");
    provider.put("type", "object").put("additionalProperties", false);
    ObjectNode fields = provider.putObject("properties");
    for (ProviderField field : ProviderField.values()) {
      describe(fields.putObject(field.key()), field.kind());
    }
    provider.putArray("required").add(ProviderField.CLIENT_ID.key());
    ArrayNode ways = provider.putArray("oneOf");
    ways.addObject().putArray("required").add(ProviderField.ISSUER.key());
    ArrayNode endpoints = ways.addObject().putArray("required");
    WITHOUT_ISSUER.forEach(field -> endpoints.add(field.key()));
    return schema;
  }

  private static void describe(ObjectNode field, ProviderField.Kind kind) {
    switch (kind) {
      case TEXT -> texts(field);
      case URL ->
          field
              .put("type", "string")
              .put("pattern", "^(https?://|.*\\{\\{)")
              .put("description", "An https address; http on this machine alone.");
      case WORDS -> listed(field, "Words, separated by spaces or in a list.");
      case PATHS ->
          listed(field, "A JSONPath, or a list of which the first that finds a value counts.");
      case SWITCH -> field.put("type", "boolean");
      case DAYS -> field.put("type", "integer").put("minimum", 1).put("maximum", 365);
      case WAY -> field.putArray("enum").add("basic").add("post");
      case MAP -> texts(field.put("type", "object").putObject("additionalProperties"));
    }
  }

  private static void texts(ObjectNode field) {
    field.putArray("type").add("string").add("number").add("boolean");
  }

  private static void listed(ObjectNode field, String description) {
    field.put("description", description);
    field.putArray("type").add("string").add("array");
    field.putObject("items").put("type", "string");
  }

  /** The fault of a provider's name; empty when it is valid. */
  public static Optional<String> nameComplaint(String name) {
    if (!name.matches(NAME)) {
      return Optional.of(
          "'" + name + "' is not 1 to 40 small letters, digits and hyphens, as in a path");
    }
    return RESERVED.contains(name)
        ? Optional.of("'" + name + "' is a path of the hub's own")
        : Optional.empty();
  }

  /** The fields that are missing, or that must not be combined. */
  public static List<String> complaints(Set<ProviderField> given) {
    List<String> complaints = new ArrayList<>();
    if (!given.contains(ProviderField.CLIENT_ID)) {
      complaints.add("has no client-id");
    }
    if (given.contains(ProviderField.ISSUER)) {
      List.of(
              ProviderField.AUTHORIZE_URL,
              ProviderField.TOKEN_URL,
              ProviderField.USER_INFO_URL,
              ProviderField.EMAILS_URL)
          .stream()
          .filter(given::contains)
          .forEach(field -> complaints.add("has an issuer, which tells the " + field.key()));
    } else if (WITHOUT_ISSUER.stream().noneMatch(given::contains)) {
      complaints.add("has neither an issuer nor authorize-url, token-url, user-info-url");
    } else {
      WITHOUT_ISSUER.stream()
          .filter(field -> !given.contains(field))
          .forEach(field -> complaints.add("has no issuer and no " + field.key()));
    }
    return complaints;
  }
}
