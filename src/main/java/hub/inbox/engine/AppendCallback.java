package hub.inbox.engine;

import hub.inbox.db.Receipt;

/** The result of an append. Called once, on a thread that may work but must not block long. */
public interface AppendCallback {
  /** The event is stored and committed, or was stored before. */
  void stored(Receipt receipt);

  /** The event is not stored, as far as the hub knows. */
  void failed(Exception error);
}
