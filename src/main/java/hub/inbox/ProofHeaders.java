package hub.inbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.util.List;
import java.util.Locale;

/**
 * Headers that authenticate a sender: signatures, tokens, passwords, cookies. They are neither
 * stored nor shown: with the body, they would allow to send the request again as another event.
 */
public final class ProofHeaders {
  /** Replaces the value of such a header. */
  public static final String MASK = "***";

  /** Words without "auth", of which "author" is no proof, and without keys of many kinds. */
  private static final List<String> WORDS =
      List.of(
          "signature",
          "hmac",
          "authoris",
          "authoriz",
          "token",
          "secret",
          "password",
          "credential",
          "cookie",
          "session",
          "jwt",
          "assertion",
          "csrf",
          "xsrf",
          "verif");

  /** Before "key", with or without a dash between. Other keys name the event. */
  private static final List<String> SECRET_KEYS =
      List.of("api", "access", "function", "functions", "subscription", "private", "shared");

  private ProofHeaders() {}

  /**
   * Whether a header of this name carries a proof.
   *
   * @param header the header's name, in any case
   */
  public static boolean isIn(String header) {
    // Plain searches: a pattern of all of these takes a tenth of a request.
    String name = header.toLowerCase(Locale.ROOT);
    for (String word : WORDS) {
      if (name.contains(word)) {
        return true;
      }
    }
    return hasAuth(name) || hasSecretKey(name);
  }

  private static boolean hasAuth(String name) {
    int at = name.indexOf("auth");
    while (at >= 0 && name.startsWith("author", at)) {
      at = name.indexOf("auth", at + 1);
    }
    return at >= 0;
  }

  private static boolean hasSecretKey(String name) {
    for (int at = name.indexOf("key"); at >= 0; at = name.indexOf("key", at + 1)) {
      boolean dash = at > 0 && (name.charAt(at - 1) == '-' || name.charAt(at - 1) == '_');
      String kind = name.substring(0, dash ? at - 1 : at);
      if (SECRET_KEYS.stream().anyMatch(kind::endsWith)) {
        return true;
      }
    }
    return false;
  }

  /** Masks stored headers: events of older versions contain signatures in clear. */
  public static ObjectNode masked(String headers) {
    ObjectNode masked = Json.object();
    Json.own(headers)
        .forEachEntry(
            (name, value) -> {
              if (isIn(name)) {
                masked.put(name, MASK);
              } else {
                masked.set(name, value);
              }
            });
    return masked;
  }
}
