package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The placeholder <code>{hmac:sha256-hex:TEMPLATE}</code> of an answer: an HMAC of the filled
 * template, made with the source's first secret.
 */
final class HmacPlaceholder {
  private static final Pattern FORM =
      Pattern.compile("(sha256|sha1|sha512)-(hex|base64|base64url):(.+)");

  private HmacPlaceholder() {}

  /**
   * @param text behind {@code hmac:}
   */
  static Optional<Template.Part> part(String text, Function<String, Optional<String>> variables) {
    Matcher form = FORM.matcher(text);
    if (isNested(text) || !form.matches()) {
      return Optional.empty();
    }
    String algorithm = "Hmac" + form.group(1).toUpperCase(Locale.ROOT);
    SignatureEncoding encoding = SignatureEncoding.named(form.group(2));
    Template content = Template.of(form.group(3), variables);
    return Optional.of(
        scope -> {
          if (scope.key().isEmpty()) {
            return Optional.empty();
          }
          Mac mac = HmacKey.keyed(new SecretKeySpec(scope.key().get().bytes(), algorithm));
          content.feed(scope, mac::update);
          return Optional.of(encoding.encode(mac.doFinal()).getBytes(StandardCharsets.US_ASCII));
        });
  }

  /** The templates within a template's placeholders of this kind. */
  static List<String> contents(String template) {
    return Template.placeholders(template).stream()
        .filter(name -> name.startsWith("hmac:"))
        .map(name -> name.substring("hmac:".length()))
        .filter(text -> !isNested(text))
        .map(FORM::matcher)
        .filter(Matcher::matches)
        .map(form -> form.group(3))
        .toList();
  }

  /** One in another is of no use, and a thousand in each other take the stack. */
  private static boolean isNested(String text) {
    return text.contains("{hmac:");
  }
}
