package hub.http.auth;

import java.util.Set;

/**
 * Who a key belongs to.
 *
 * @param operator may use {@code /api/admin}; callers may use the rest of {@code /api}
 * @param scopes of a caller
 */
record Caller(String name, boolean operator, Set<String> scopes) {
  /**
   * What a caller's key allows when it names no scopes; tokens of people are only for who asks for
   * them.
   */
  static final Set<String> USUAL_SCOPES = Set.of("payments", "email", "files", "analytics");
}
