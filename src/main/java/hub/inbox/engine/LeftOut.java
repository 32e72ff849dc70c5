package hub.inbox.engine;

/**
 * A handler of an event's source that has no part in the event, by the routes of today.
 *
 * @param types the event types that it takes; empty: all
 * @param when its condition; empty: it has none
 */
public record LeftOut(String route, String types, String when, Why why) {
  /** What keeps a handler from an event. */
  public enum Why {
    /** It takes other types. */
    TYPE,

    /** Its condition does not hold. */
    WHEN,

    /** It would take it, and did not when the event was stored; a replay gives it the event. */
    SINCE
  }
}
