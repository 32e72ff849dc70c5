package hub.inbox.db;

import java.util.List;
import java.util.UUID;

/**
 * An event to be stored, with the handler routes that match it.
 *
 * @param id the id it gets if it is new
 * @param handlers route ids; empty: the event is ignored
 */
public record RoutedEvent(UUID id, NewEvent event, List<String> handlers) {}
