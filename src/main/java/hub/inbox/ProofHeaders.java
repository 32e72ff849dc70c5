package hub.inbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Headers that authenticate a sender: signatures, tokens, passwords, cookies. They are neither
 * stored nor shown: with the body, they would allow to send the request again as another event.
 */
public final class ProofHeaders {
  /** Replaces the value of such a header. */
  public static final String MASK = "***";

  private static final Pattern NAME =
      Pattern.compile(
          ".*(signature|hmac|authori[sz]|auth(?!or)|token|secret|password|credential|cookie|session|jwt|assertion"
              + "|csrf|xsrf|verif|(api|access|functions?|subscription|private|shared)[-_]?key).*");

  private ProofHeaders() {}

  /**
   * Whether a header of this name carries a proof.
   *
   * @param header the header's name, in any case
   */
  public static boolean isIn(String header) {
    return NAME.matcher(header.toLowerCase(Locale.ROOT)).matches();
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
