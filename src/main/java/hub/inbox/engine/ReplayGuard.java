package hub.inbox.engine;

import hub.inbox.db.EventKey;
import hub.inbox.db.InboxStore;
import hub.inbox.db.ReplayKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Spends the tokens of requests, each of which is good once. A request whose token is spent may
 * only repeat what is stored.
 */
final class ReplayGuard {
  private final Connection connection;
  private final InboxStore store;

  /** Tokens that this transaction has spent and no append has had yet. */
  private final Set<ReplayKey> fresh;

  /** What earlier appends of the batch store. */
  private final Set<EventKey> earlier = new HashSet<>();

  private ReplayGuard(Connection connection, InboxStore store, Set<ReplayKey> fresh) {
    this.connection = connection;
    this.store = store;
    this.fresh = fresh;
  }

  /**
   * Spends the batch's tokens in the transaction.
   *
   * @return the appends that may be stored, in their order: without those that bring something new
   *     under a token that was spent before, by the store or by an earlier append of the batch
   */
  static List<PendingAppend> admitted(
      Connection connection, InboxStore store, List<PendingAppend> batch) throws SQLException {
    Map<ReplayKey, String> keys = keys(batch);
    return keys.isEmpty()
        ? batch
        : new ReplayGuard(connection, store, store.spend(connection, keys)).admitted(batch);
  }

  /** The tokens, each with the provider's id of its request's first event. */
  private static Map<ReplayKey, String> keys(List<PendingAppend> batch) {
    Map<ReplayKey, String> keys = Map.of();
    for (PendingAppend one : batch) {
      if (one.replayKey().isPresent() && one.size() > 0) {
        if (keys.isEmpty()) {
          keys = new LinkedHashMap<>();
        }
        keys.putIfAbsent(one.replayKey().get(), one.events().get(0).providerEventId());
      }
    }
    return keys;
  }

  private List<PendingAppend> admitted(List<PendingAppend> batch) throws SQLException {
    List<PendingAppend> admitted = new ArrayList<>(batch.size());
    for (PendingAppend one : batch) {
      if (one.replayKey().isEmpty() || fresh.remove(one.replayKey().get()) || isRepeat(one)) {
        admitted.add(one);
        one.events().forEach(event -> earlier.add(EventKey.of(event)));
      }
    }
    return admitted;
  }

  /** Looked up after the token was spent: whoever spent it has committed its events by then. */
  private boolean isRepeat(PendingAppend append) throws SQLException {
    Map<String, Set<String>> unknown =
        append.events().stream()
            .map(EventKey::of)
            .filter(key -> !earlier.contains(key))
            .collect(
                Collectors.groupingBy(
                    EventKey::source,
                    Collectors.mapping(EventKey::providerEventId, Collectors.toSet())));
    for (Map.Entry<String, Set<String>> one : unknown.entrySet()) {
      Set<String> stored = store.storedIds(connection, one.getKey(), one.getValue());
      if (!stored.containsAll(one.getValue())) {
        return false;
      }
    }
    return true;
  }
}
