package hub.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import hub.util.Json;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Replaces what tells of a person, and every secret, by something of the same kind. */
final class Masking {
  private static final String MASKED = "masked";
  private static final String SOMEBODY = "somebody@example.com";

  /** Of a network for documentation. */
  private static final String SOME_ADDRESS = "192.0.2.1";

  private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+\\.[^@\\s]+");

  /** A parameter in the query of an address. */
  private static final Pattern PARAMETER =
      Pattern.compile("(?<=[?&#;])([\\w.~%\\[\\]-]+)=([^&#;\\s\"'<>]+)");

  /** Words in the name of a member whose value is a person's, or a secret. */
  private static final Set<String> PERSONAL =
      Set.of(
          "name",
          "firstname",
          "lastname",
          "surname",
          "username",
          "nickname",
          "login",
          "email",
          "mail",
          "phone",
          "telephone",
          "tel",
          "mobile",
          "fax",
          "street",
          "address",
          "line1",
          "line2",
          "city",
          "zip",
          "zipcode",
          "postcode",
          "postalcode",
          "birthday",
          "birthdate",
          "dob",
          "iban",
          "bic",
          "card",
          "last4",
          "ssn",
          "passport",
          "ip",
          "secret",
          "token",
          "password",
          "passwd",
          "passphrase",
          "pwd",
          "credential",
          "credentials",
          "signature",
          "authorization",
          "cookie");

  /** Before "key"; other keys name something. */
  private static final Set<String> SECRET_KEYS =
      Set.of("apikey", "privatekey", "accesskey", "accesskeyid", "secretkey");

  /** Words in the name of a parameter of an address that let its holder in. */
  private static final Set<String> OF_ADDRESSES = Set.of("key", "sig", "hmac");

  /** The ends of names that are no person's. */
  private static final Set<String> HARMLESS = Set.of("eventname", "typename", "filename");

  /** Headers with the address of a sender, in lower case. */
  private static final Set<String> OF_SENDERS =
      Set.of(
          "x-forwarded-for",
          "x-original-forwarded-for",
          "forwarded",
          "x-real-ip",
          "x-client-ip",
          "x-cluster-client-ip",
          "true-client-ip",
          "cf-connecting-ip",
          "fastly-client-ip");

  private static final String BETWEEN_WORDS = "(?<=[a-z0-9])(?=[A-Z])|[_\\-. \\[\\]]+";

  private Masking() {}

  /** The same document; names, numbers and the form stay. */
  static JsonNode json(JsonNode node) {
    return json(node, false);
  }

  private static JsonNode json(JsonNode node, boolean masked) {
    if (node.isObject()) {
      ObjectNode object = Json.object();
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        object.set(member.getKey(), json(member.getValue(), masked || isPersonal(member.getKey())));
      }
      return object;
    }
    if (node.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      node.forEach(element -> array.add(json(element, masked)));
      return array;
    }
    if (!node.isTextual()) {
      return masked && node.isNumber() ? IntNode.valueOf(0) : node;
    }
    String value = node.asText();
    return TextNode.valueOf(masked ? masked(value) : text(value));
  }

  private static String masked(String value) {
    if (value.isEmpty()) {
      return value;
    }
    return EMAIL.matcher(value).matches() ? SOMEBODY : MASKED;
  }

  /** A text without the e-mail addresses and the secrets of links in it. */
  static String text(String value) {
    String safe =
        PARAMETER
            .matcher(value)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(
                        isSecretOfAddress(decoded(found.group(1)).orElse(found.group(1)))
                            ? found.group(1) + "=" + MASKED
                            : found.group()));
    return EMAIL.matcher(safe).replaceAll(SOMEBODY);
  }

  private static boolean isSecretOfAddress(String name) {
    return isPersonal(name) || words(name).anyMatch(OF_ADDRESSES::contains);
  }

  /** The fields of a form, {@code application/x-www-form-urlencoded}. */
  static String form(String fields) {
    return Arrays.stream(fields.split("&", -1))
        .map(Masking::field)
        .collect(Collectors.joining("&"));
  }

  private static String field(String field) {
    int equals = field.indexOf('=');
    String name = field.substring(0, Math.max(0, equals));
    String written = field.substring(equals + 1);
    Optional<String> value = decoded(written);
    if (value.isEmpty() || isPersonal(decoded(name).orElse(name))) {
      return name + (equals < 0 ? "" : "=") + masked(written);
    }
    String safe =
        Json.parse(value.get().getBytes(StandardCharsets.UTF_8))
            .filter(JsonNode::isContainerNode)
            .map(document -> Json.text(json(document)))
            .orElseGet(() -> text(value.get()));
    return safe.equals(value.get())
        ? field
        : name + (equals < 0 ? "" : "=") + URLEncoder.encode(safe, StandardCharsets.UTF_8);
  }

  private static Optional<String> decoded(String written) {
    try {
      return Optional.of(URLDecoder.decode(written, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static String header(String name, String value) {
    if (OF_SENDERS.contains(name.toLowerCase(Locale.ROOT))) {
      return SOME_ADDRESS;
    }
    return isPersonal(name) ? masked(value) : text(value);
  }

  private static boolean isPersonal(String member) {
    String joined = member.toLowerCase(Locale.ROOT).replaceAll("[_\\-. \\[\\]]", "");
    return HARMLESS.stream().noneMatch(joined::endsWith)
        && (PERSONAL.contains(joined)
            || Stream.of("postalcode", "zipcode").anyMatch(joined::endsWith)
            || SECRET_KEYS.stream().anyMatch(joined::endsWith)
            || words(member).anyMatch(PERSONAL::contains));
  }

  private static Stream<String> words(String name) {
    return Stream.of(name.split(BETWEEN_WORDS)).map(word -> word.toLowerCase(Locale.ROOT));
  }
}
