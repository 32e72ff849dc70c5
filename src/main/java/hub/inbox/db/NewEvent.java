package hub.inbox.db;

import hub.util.Sha256;
import java.time.Instant;
import java.util.Optional;

/**
 * An event to be stored.
 *
 * @param providerEventId identifies duplicates within the source
 * @param orderingKey events with the same key can be handled one after another
 * @param headers JSON object of the stored headers, secrets masked
 * @param payload the bytes as received
 * @param bySender whether an authenticated request of the source's sender brought it: then a dead
 *     event runs again
 * @param arrivedBy how it came, when the provider did not deliver it: {@link #CATCH_UP}
 */
public record NewEvent(
    String source,
    String providerEventId,
    String type,
    Optional<String> orderingKey,
    Instant receivedAt,
    String headers,
    byte[] payload,
    boolean bySender,
    Optional<String> arrivedBy) {
  /**
   * {@link #arrivedBy} of an event that the hub fetched because the provider could not deliver it.
   */
  public static final String CATCH_UP = "catch-up";

  /** Width of the columns. A longer text keeps its beginning and gets its hash, to stay unique. */
  static final int MAX_TEXT = 255;

  public NewEvent {
    providerEventId = fit(providerEventId);
    type = fit(type);
    orderingKey = orderingKey.map(NewEvent::fit);
  }

  /** An event that came as a webhook or from a route. */
  public NewEvent(
      String source,
      String providerEventId,
      String type,
      Optional<String> orderingKey,
      Instant receivedAt,
      String headers,
      byte[] payload,
      boolean bySender) {
    this(
        source,
        providerEventId,
        type,
        orderingKey,
        receivedAt,
        headers,
        payload,
        bySender,
        Optional.empty());
  }

  private static String fit(String text) {
    if (text.length() <= MAX_TEXT
        && text.chars().noneMatch(c -> c < ' ' || Character.isSurrogate((char) c))) {
      return text;
    }
    String readable =
        text.codePoints()
            .limit(MAX_TEXT)
            .map(c -> c < ' ' || c > 0xFFFF || Character.isSurrogate((char) c) ? '?' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    String hash = "~" + Sha256.hexOfCharacters(text);
    return readable.substring(0, Math.min(readable.length(), MAX_TEXT - hash.length())) + hash;
  }
}
