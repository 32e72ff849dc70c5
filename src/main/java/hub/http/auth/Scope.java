package hub.http.auth;

import hub.http.RequestPath;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a caller's key may be good for: the paths below one folder. */
enum Scope {
  PAYMENTS("/api/payments"),
  EMAIL("/api/email"),
  FILES("/api/files"),
  ANALYTICS("/api/analytics"),
  TOKENS("/api/auth/tokens");

  private final String folder;

  Scope(String folder) {
    this.folder = folder;
  }

  /** As {@code HUB_API_KEYS} writes it, {@code payments}. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All scopes, as {@code HUB_API_KEYS} writes them. */
  static List<String> names() {
    return Arrays.stream(values()).map(Scope::text).toList();
  }

  /** The scopes of a key that names none: all but the tokens of people, which must be asked for. */
  static Set<String> defaults() {
    return Arrays.stream(values())
        .filter(scope -> scope != TOKENS)
        .map(Scope::text)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The scope that a path needs; empty when any caller's key opens it. */
  static Optional<String> of(String path) {
    return Arrays.stream(values())
        .filter(scope -> RequestPath.isUnder(path, scope.folder))
        .map(Scope::text)
        .findFirst();
  }
}
