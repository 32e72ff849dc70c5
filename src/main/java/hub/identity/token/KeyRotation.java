package hub.identity.token;

import hub.http.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts tokens under the newest key while they are used. A refresh that comes between is not
 * overwritten: it has written with the newest key itself. Thread-safe.
 */
final class KeyRotation {
  private static final Logger LOG = LoggerFactory.getLogger(KeyRotation.class);
  private static final int BATCH = 200;
  private static final TokenOwner FIRST = new TokenOwner("", "");

  private final TokenTable table;
  private final TokenCodec tokenCodec;

  KeyRotation(TokenTable table, TokenCodec tokenCodec) {
    this.table = table;
    this.tokenCodec = tokenCodec;
  }

  /**
   * How it stands.
   *
   * @param count rows that were encrypted anew
   * @param unreadable rows that could not be, for want of their key or because they were changed
   * @param newest id of the key that encrypts
   * @param keys how many rows are encrypted with which key now
   */
  record Outcome(long count, long unreadable, String newest, Map<String, Long> keys) {
    /** Rows under another key than the newest. */
    long remaining() {
      return keys.entrySet().stream()
          .filter(entry -> !entry.getKey().equals(newest))
          .mapToLong(Map.Entry::getValue)
          .sum();
    }
  }

  /** Goes on until all is done or {@code time} is over; then there may be more to do. */
  Outcome run(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    String newest = tokenCodec.cipher().keyId();
    long count = 0;
    long unreadable = 0;
    TokenOwner last = FIRST;
    while (System.nanoTime() - end < 0) {
      List<TokenRow> rows = table.encryptedOtherwise(newest, last, BATCH);
      if (rows.isEmpty()) {
        break;
      }
      List<TokenTable.Reencrypted> batch = reseal(rows);
      count += table.reencrypt(batch);
      unreadable += rows.size() - batch.size();
      last = rows.get(rows.size() - 1).person();
    }
    Outcome outcome = new Outcome(count, unreadable, newest, table.countKeys());
    LOG.info(
        "token=rotate-keys newest={} count={} unreadable={} remaining={}",
        newest,
        count,
        unreadable,
        outcome.remaining());
    return outcome;
  }

  private List<TokenTable.Reencrypted> reseal(List<TokenRow> rows) {
    List<TokenTable.Reencrypted> batch = new ArrayList<>();
    for (TokenRow row : rows) {
      try {
        batch.add(new TokenTable.Reencrypted(row, tokenCodec.reseal(row)));
      } catch (UnreadableTokenException | ProblemException e) {
        LOG.warn("token=rotate-keys outcome=unreadable {}", e.getMessage());
      }
    }
    return batch;
  }
}
