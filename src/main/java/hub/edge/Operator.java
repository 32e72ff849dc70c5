package hub.edge;

import java.util.Locale;

/**
 * Who was let in to {@code /api/admin}.
 *
 * @param name for the log and the console
 */
public record Operator(String name, Role role) {
  /** Exchange property of a request to {@code /api/admin}. */
  public static final String PROPERTY = "HubOperator";

  /** What somebody may do. */
  public enum Role {
    /** Everything. */
    OPERATOR,
    /** Look, but change nothing. */
    VIEWER;

    /** As it stands in JSON. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
