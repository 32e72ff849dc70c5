package hub.inbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Headers by which a sender proves itself: signatures, tokens, passwords, cookies. Whoever saw one
 * beside its body could send the request again as another event, so none is stored or shown.
 */
public final class ProofHeaders {
  /** Stands in the place of such a header's value. */
  public static final String MASK = "***";

  private static final Pattern NAME =
      Pattern.compile(
          ".*(signature|hmac|authori[sz]|auth(?!or)|token|secret|password|credential|cookie|session|jwt|assertion"
              + "|csrf|xsrf|verif|(api|access|functions?|subscription|private|shared)[-_]?key).*");

  private ProofHeaders() {}

  /**
   * @param header its name, in any case
   */
  public static boolean isIn(String header) {
    return NAME.matcher(header.toLowerCase(Locale.ROOT)).matches();
  }

  /** Headers as they are stored, masked: events of older versions hold signatures in clear. */
  public static ObjectNode masked(String headers) {
    ObjectNode masked = Json.object();
    Json.own(headers)
        .fields()
        .forEachRemaining(
            header -> {
              if (isIn(header.getKey())) {
                masked.put(header.getKey(), MASK);
              } else {
                masked.set(header.getKey(), header.getValue());
              }
            });
    return masked;
  }
}
