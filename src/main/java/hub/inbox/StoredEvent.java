package hub.inbox;

import hub.inbox.db.Receipt;

/**
 * An event that was stored before its route began.
 *
 * @param providerEventId as it is stored
 */
public record StoredEvent(String source, String providerEventId, Receipt receipt) {}
