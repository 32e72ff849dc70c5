package hub.http.auth;

import java.util.Locale;

/**
 * Who was let in to {@code /api/admin}.
 *
 * @param id for the log and whatever keeps who did something: provider and the provider's id of the
 *     person, {@code github:1234}, which nobody else can have; a key's name
 * @param name for people to read; anybody may call themselves so
 */
public record Operator(String id, String name, Role role) {
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
