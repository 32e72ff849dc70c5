package hub.webhook.verify;

import hub.util.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.zip.CRC32;

/** What each placeholder of a {@link Template} stands for. */
final class Placeholders {
  /** Those without a name of their own, for messages. */
  static final List<String> FIXED =
      List.of(
          "body",
          "body:sha256-hex",
          "body:crc32",
          "timestamp",
          "id",
          "method",
          "url",
          "path",
          "query",
          "form:sorted",
          "event.id",
          "event.status",
          "secret");

  private static final String SECRET = "secret:";
  private static final String HMAC = "hmac:";

  private Placeholders() {}

  /** Empty when it is unknown. */
  static Optional<Template.Part> part(String name, Function<String, Optional<String>> variables) {
    if (name.startsWith("{")) {
      return Optional.of(constant(variable(name.substring(1, name.length() - 1), variables)));
    }
    if (name.startsWith(SECRET)) {
      String variable = name.substring(SECRET.length());
      return Template.isName(variable)
          ? Optional.of(constant(variable(variable, variables)))
          : Optional.empty();
    }
    if (name.startsWith(HMAC)) {
      return HmacPlaceholder.part(name.substring(HMAC.length()), variables);
    }
    return fixed(name).or(() -> Place.parse(name).map(Placeholders::place));
  }

  private static Optional<Template.Part> fixed(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "body" -> scope -> Optional.of(scope.request().body());
          case "body:sha256-hex" ->
              scope -> text(HexFormat.of().formatHex(Sha256.of(scope.request().body())));
          case "body:crc32" -> scope -> text(Long.toString(crc32(scope.request().body())));
          case "timestamp" -> scope -> scope.timestamp().map(Placeholders::utf8);
          case "id" -> scope -> scope.id().map(Placeholders::utf8);
          case "method" -> scope -> text(scope.request().details().method());
          case "url" -> scope -> text(scope.request().details().url());
          case "path" -> scope -> text(scope.request().details().path());
          case "query" -> scope -> text(scope.request().details().query());
          case "form:sorted" -> scope -> sortedForm(scope.request().details());
          case "event.id", "event.status" ->
              scope -> Optional.ofNullable(scope.further().get(name)).map(Placeholders::utf8);
          case "secret" -> scope -> scope.key().map(Scope.Key::text).map(Placeholders::utf8);
          default -> null;
        });
  }

  private static Template.Part place(Place place) {
    return scope -> place.raw(scope.request()).map(Placeholders::utf8);
  }

  private static Template.Part constant(String value) {
    Optional<byte[]> bytes = Optional.of(utf8(value));
    return scope -> bytes;
  }

  private static String variable(String name, Function<String, Optional<String>> variables) {
    return variables
        .apply(name)
        .filter(value -> !value.isBlank())
        .orElseThrow(() -> new IllegalArgumentException(name + " is not set; set it"));
  }

  private static long crc32(byte[] body) {
    CRC32 crc = new CRC32();
    crc.update(body);
    return crc.getValue();
  }

  /**
   * Names in byte order, each with its distinct values in order behind it; nothing when the body is
   * no form, because its bytes would then not be signed.
   */
  private static Optional<byte[]> sortedForm(SignedRequest.Details details)
      throws WebhookRejectedException {
    if (!details.isForm()) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MISMATCH, "the sender signs forms, and the body is none");
    }
    TreeMap<String, TreeSet<String>> sorted = new TreeMap<>(ByteOrder.UTF_8);
    for (Map.Entry<String, String> field : details.form()) {
      sorted
          .computeIfAbsent(field.getKey(), name -> new TreeSet<>(ByteOrder.UTF_8))
          .add(field.getValue());
    }
    StringBuilder text = new StringBuilder();
    sorted.forEach((name, values) -> values.forEach(value -> text.append(name).append(value)));
    return text(text.toString());
  }

  private static Optional<byte[]> text(String text) {
    return Optional.of(utf8(text));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
