package hub.poll;

import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;

/** An item that is stored as a new event. */
record PolledItem(NewEvent event, Receipt receipt) {}
