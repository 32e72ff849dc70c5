package hub.inbox.db;

import hub.util.Sha256;
import java.time.Instant;
import java.util.Optional;

/**
 * An event about to be stored.
 *
 * @param providerEventId what makes it the same event when it comes again, within its source
 * @param orderingKey events that share it can be handled one after another
 * @param headers JSON object of the headers worth keeping, secrets masked
 * @param payload the bytes as received
 * @param bySender whether a request of its source's own sender brought it, and proved to: if it is
 *     known and dead, it runs again
 */
public record NewEvent(
    String source,
    String providerEventId,
    String type,
    Optional<String> orderingKey,
    Instant receivedAt,
    String headers,
    byte[] payload,
    boolean bySender) {
  /**
   * Width of the columns; what is longer keeps its beginning and gets its hash, so that it stays
   * one of a kind.
   */
  static final int MAX_TEXT = 255;

  public NewEvent {
    providerEventId = fit(providerEventId);
    type = fit(type);
    orderingKey = orderingKey.map(NewEvent::fit);
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
