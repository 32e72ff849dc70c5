package hub.inbox;

/**
 * An exception that knows whether doing the same again can end otherwise. A handler with {@code
 * refused=park} parks the event of one that cannot.
 */
public interface Refusal {
  boolean isFinal();
}
