package hub.poll;

import java.util.Optional;

/**
 * One item of a list.
 *
 * @param id what the item is known by in its source
 * @param type of its event
 * @param cursor empty where the list is read without one
 * @param payload its JSON
 */
public record ListItem(
    String id,
    String type,
    Optional<String> orderingKey,
    Optional<ListCursor> cursor,
    byte[] payload) {}
