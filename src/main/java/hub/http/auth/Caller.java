package hub.http.auth;

import java.util.Set;

/**
 * The owner of an API key.
 *
 * @param operator may use {@code /api/admin}; callers may use the rest of {@code /api}
 * @param scopes what a caller's key may be used for, see {@link Scope}; empty for the operators'
 *     key
 */
record Caller(String name, boolean operator, Set<String> scopes) {}
