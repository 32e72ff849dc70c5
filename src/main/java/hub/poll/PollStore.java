package hub.poll;

import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Where a run keeps what it has polled. Each method is a transaction of its own. */
interface PollStore {
  /** Those of the ids that were stored by an earlier run. */
  Set<String> known(Collection<String> ids) throws Exception;

  /** Stores events; returns after the commit, with a receipt for each. */
  List<Receipt> append(List<NewEvent> events) throws Exception;

  /**
   * Moves on, after the page's items are stored.
   *
   * @param stored ids of items that were not known before
   * @param shown ids of known items, which the list still shows
   * @throws LeaseLostException when another node polls the source now; nothing is moved
   */
  void commit(PollPosition position, Collection<String> stored, Collection<String> shown)
      throws Exception;
}
