package hub.inbox;

import java.util.Optional;

/** The names that sources may have. */
public final class SourceNames {
  /** What to do about {@link #complaint}. */
  public static final String REMEDY = "choose another name, such as that of the sender";

  private SourceNames() {}

  /** Why events from outside may not have this source; empty when they may. */
  public static Optional<String> complaint(String source) {
    return source.strip().equals(InboxVariables.HUB_SOURCE)
        ? Optional.of("source '" + source.strip() + "' is that of the hub's own events")
        : Optional.empty();
  }

  /**
   * @param where the Kamelet, for the message
   * @throws IllegalArgumentException for a source that events from outside may not have
   */
  public static void require(String where, String source) {
    complaint(source)
        .ifPresent(
            complaint -> {
              throw new IllegalArgumentException(where + ": " + complaint + "; " + REMEDY);
            });
  }
}
