package hub.identity.token;

import hub.http.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Re-encrypts tokens with the newest key while the hub runs. A token that is refreshed in the
 * meantime is skipped: the refresh has used the newest key. Thread-safe.
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
   * The result of a run.
   *
   * @param count rows that were re-encrypted
   * @param unreadable rows that could not be decrypted: their key is missing or the row was changed
   * @param newest the id of the key that encrypts
   * @param keys the number of rows by the id of their key, after the run
   */
  record Outcome(long count, long unreadable, String newest, Map<String, Long> keys) {
    /** Rows that are not encrypted with the newest key. */
    long remaining() {
      return keys.entrySet().stream()
          .filter(entry -> !entry.getKey().equals(newest))
          .mapToLong(Map.Entry::getValue)
          .sum();
    }
  }

  /** Runs until all rows are done or {@code time} is over; then {@code remaining} is above 0. */
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
      List<TokenTable.Reencrypted> batch = reencrypt(rows);
      count += table.reencrypt(batch);
      unreadable += rows.size() - batch.size();
      last = rows.get(rows.size() - 1).owner();
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

  private List<TokenTable.Reencrypted> reencrypt(List<TokenRow> rows) {
    List<TokenTable.Reencrypted> batch = new ArrayList<>();
    for (TokenRow row : rows) {
      try {
        batch.add(new TokenTable.Reencrypted(row, tokenCodec.reencrypt(row)));
      } catch (UnreadableTokenException | ProblemException e) {
        LOG.warn("token=rotate-keys outcome=unreadable {}", e.getMessage());
      }
    }
    return batch;
  }
}
