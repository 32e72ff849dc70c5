package hub.identity.login;

import hub.identity.session.PublicUrl;
import hub.identity.session.RandomSecret;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The cookie of a login that waits for its callback. Every login has a cookie of its own name, so
 * that several tabs may log in at once. It binds the state to the browser and keeps verifier and
 * nonce, which are sent to nobody but the provider.
 *
 * @param nonce for OpenID Connect; always made
 */
record LoginCookie(String state, String verifier, String nonce) {
  private static final String START = "hub_login_";
  private static final String PATH = "/api/auth";

  /** Characters of the state's hash in the cookie's name. */
  private static final int HASH_LENGTH = 16;

  /** Concurrent logins of a browser; their cookies must fit into a request's headers. */
  private static final int MAX_LOGINS = 10;

  static LoginCookie make() {
    return new LoginCookie(RandomSecret.next(), RandomSecret.next(), RandomSecret.next());
  }

  /**
   * Reads the cookie of the login with this state; empty unless it is present once and well-formed.
   */
  static Optional<LoginCookie> read(HttpServerRequest request, String state) {
    Set<Cookie> cookies = request.cookies(name(state));
    if (!RandomSecret.isWellFormed(state) || cookies.size() != 1) {
      return Optional.empty();
    }
    String[] parts = cookies.iterator().next().getValue().split("\\.", -1);
    if (parts.length != 3 || !RandomSecret.equalsInConstantTime(parts[0], state)) {
      return Optional.empty();
    }
    return RandomSecret.isWellFormed(parts[1]) && RandomSecret.isWellFormed(parts[2])
        ? Optional.of(new LoginCookie(parts[0], parts[1], parts[2]))
        : Optional.empty();
  }

  /** {@code Set-Cookie} values that clear the oldest logins, so that a new one fits. */
  static List<String> clearingOldest(HttpServerRequest request, PublicUrl base) {
    // In the order of the header: browsers send older cookies of the same path first.
    List<String> names =
        request.headers().getAll("Cookie").stream()
            .flatMap(header -> Arrays.stream(header.split(";")))
            .map(cookie -> cookie.split("=", 2)[0].strip())
            .filter(name -> name.matches(START + "[0-9a-f]{" + HASH_LENGTH + "}"))
            .toList();
    return names.subList(0, Math.max(0, names.size() - MAX_LOGINS + 1)).stream()
        .map(name -> base.cookie(name, "", PATH) + "; Max-Age=0")
        .toList();
  }

  /** The {@code Set-Cookie} value. */
  String set(PublicUrl base) {
    return base.cookie(name(state), state + "." + verifier + "." + nonce, PATH)
        + "; Max-Age="
        + LoginAttempts.LIFETIME.toSeconds();
  }

  /** The {@code Set-Cookie} value that clears the cookie. */
  String clear(PublicUrl base) {
    return base.cookie(name(state), "", PATH) + "; Max-Age=0";
  }

  private static String name(String state) {
    return START + RandomSecret.hash(state).substring(0, HASH_LENGTH);
  }

  @Override
  public String toString() {
    return "LoginCookie";
  }
}
