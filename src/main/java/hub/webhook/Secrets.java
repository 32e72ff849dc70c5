package hub.webhook;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** A source's secrets: how a list of them is written, and how one is named without telling it. */
public final class Secrets {

  /** Keeps the fingerprint from being the plain hash that tables of known passwords hold. */
  private static final String DOMAIN = "hub.webhook.secret:";

  private static final int FINGERPRINT_BYTES = 4;

  private Secrets() {}

  /**
   * The secrets in a comma-separated list, trimmed, empty ones dropped, in order. A secret with a
   * comma in it cannot be written.
   *
   * @param commaSeparated null counts as empty
   */
  public static List<String> split(String commaSeparated) {
    if (commaSeparated == null) {
      return List.of();
    }
    return Stream.of(commaSeparated.split(",", -1))
        .map(String::strip)
        .filter(secret -> !secret.isEmpty())
        .toList();
  }

  /** Eight hex digits that name a secret in metrics and logs; the secret cannot be had from it. */
  public static String fingerprint(String secret) {
    byte[] hash = Sha256.of((DOMAIN + secret).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
  }
}
