package hub.http.auth;

import java.util.Locale;

/**
 * A person or key that was admitted to {@code /api/admin}.
 *
 * @param id the unique id for logs and audit: login provider and its id of the person, {@code
 *     github:1234}; or the name of a key
 * @param name for people to read; not unique, people choose it
 */
public record Operator(String id, String name, Role role) {
  /** Exchange property of a request to {@code /api/admin}. */
  public static final String PROPERTY = "HubOperator";

  /** The rights of an operator. */
  public enum Role {
    /** Everything. */
    OPERATOR,
    /** Reading only. */
    VIEWER;

    /** As JSON writes it, {@code operator}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
