package hub.webhook.verify;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a signature's bytes are written. Hex may be in upper or lower case; base64 uses the standard
 * alphabet, base64url that of addresses, and neither needs padding.
 */
enum SignatureEncoding {
  HEX,
  BASE64,
  BASE64URL;

  static final List<String> NAMES = List.of("hex", "base64", "base64url");

  /** The encoding of this name; hex when it is empty. */
  static SignatureEncoding named(String name) {
    return name.isEmpty() ? HEX : valueOf(name.toUpperCase(Locale.ROOT));
  }

  String encode(byte[] bytes) {
    return switch (this) {
      case HEX -> HexFormat.of().formatHex(bytes);
      case BASE64 -> Base64.getEncoder().encodeToString(bytes);
      case BASE64URL -> Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    };
  }

  /** The bytes; empty when the text is empty or cannot be decoded. */
  Optional<byte[]> decode(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          switch (this) {
            case HEX -> HexFormat.of().parseHex(text);
            case BASE64 -> Base64.getDecoder().decode(text);
            case BASE64URL -> Base64.getUrlDecoder().decode(text);
          });
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
