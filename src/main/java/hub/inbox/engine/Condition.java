package hub.inbox.engine;

/** What a handler's {@code when} asks of an event. Reads the event only. Thread-safe. */
@FunctionalInterface
public interface Condition {
  /**
   * Whether the handler is to get the event.
   *
   * @throws RuntimeException when it cannot be decided; then the handler gets the event
   */
  boolean holds(Candidate event);

  /** It cannot be decided, for a reason that tells nothing of the event's content. */
  final class UndecidedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UndecidedException(String reason) {
      super(reason);
    }
  }

  /** Reads conditions as routes write them. Thread-safe. */
  @FunctionalInterface
  interface Language {
    /**
     * @param written not blank
     * @throws IllegalArgumentException with what is wrong and what to write instead
     */
    Condition read(String written);
  }
}
