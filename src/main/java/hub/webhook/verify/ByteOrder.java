package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** Compares texts by the unsigned bytes of their UTF-8. */
final class ByteOrder {
  static final Comparator<String> UTF_8 =
      (one, other) ->
          Arrays.compareUnsigned(
              one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));

  private ByteOrder() {}
}
