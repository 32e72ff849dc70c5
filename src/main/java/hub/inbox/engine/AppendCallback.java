package hub.inbox.engine;

import hub.inbox.db.Receipt;
import java.util.List;

/** The result of an append. Called once, on a thread that may work but must not block long. */
public interface AppendCallback {
  /**
   * The events are stored and committed, or were stored before.
   *
   * @param receipts one for each event, in the order of the events
   */
  void stored(List<Receipt> receipts);

  /** None of the events is stored, as far as the hub knows. */
  void failed(Exception error);
}
