package hub.webhook.verify;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a signature's bytes are written. Hex may be in upper or lower case; base64 uses the standard
 * alphabet and needs no padding.
 */
enum SignatureEncoding {
  HEX,
  BASE64;

  static final List<String> NAMES = List.of("hex", "base64");

  /** The encoding of this name; hex when it is empty. */
  static SignatureEncoding named(String name) {
    return name.isEmpty() ? HEX : valueOf(name.toUpperCase(Locale.ROOT));
  }

  String encode(byte[] bytes) {
    return this == HEX
        ? HexFormat.of().formatHex(bytes)
        : Base64.getEncoder().encodeToString(bytes);
  }

  /** The bytes; empty when the text is empty or cannot be decoded. */
  Optional<byte[]> decode(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          this == HEX ? HexFormat.of().parseHex(text) : Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
