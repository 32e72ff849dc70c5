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
 * What a browser keeps of one login in progress, under a name of that login's own, so that several
 * tabs may log in at once. It binds the state to the browser, and the verifier and nonce never
 * leave it but to the provider.
 *
 * @param nonce of OpenID Connect; made in any case
 */
record LoginCookie(String state, String verifier, String nonce) {
  private static final String START = "hub_login_";
  private static final String PATH = "/api/auth";

  /** Of the state's hash, in the name. */
  private static final int NAME_CHARACTERS = 16;

  /** Logins in progress that a browser may have; their cookies must fit into a request's head. */
  private static final int MOST = 10;

  static LoginCookie make() {
    return new LoginCookie(RandomSecret.next(), RandomSecret.next(), RandomSecret.next());
  }

  /** The cookie of the login with this state; empty unless it is there once, and whole. */
  static Optional<LoginCookie> in(HttpServerRequest request, String state) {
    Set<Cookie> cookies = request.cookies(name(state));
    if (!RandomSecret.isOne(state) || cookies.size() != 1) {
      return Optional.empty();
    }
    String[] parts = cookies.iterator().next().getValue().split("\\.", -1);
    if (parts.length != 3 || !RandomSecret.same(parts[0], state)) {
      return Optional.empty();
    }
    return RandomSecret.isOne(parts[1]) && RandomSecret.isOne(parts[2])
        ? Optional.of(new LoginCookie(parts[0], parts[1], parts[2]))
        : Optional.empty();
  }

  /** {@code Set-Cookie} values that clear the oldest, where another one would be too many. */
  static List<String> clearingOldest(HttpServerRequest request, PublicUrl base) {
    // As they came: browsers send the older of two cookies of one path first.
    List<String> names =
        request.headers().getAll("Cookie").stream()
            .flatMap(header -> Arrays.stream(header.split(";")))
            .map(cookie -> cookie.split("=", 2)[0].strip())
            .filter(name -> name.matches(START + "[0-9a-f]{" + NAME_CHARACTERS + "}"))
            .toList();
    return names.subList(0, Math.max(0, names.size() - MOST + 1)).stream()
        .map(name -> base.cookie(name, "", PATH) + "; Max-Age=0")
        .toList();
  }

  String giving(PublicUrl base) {
    return base.cookie(name(state), state + "." + verifier + "." + nonce, PATH)
        + "; Max-Age="
        + LoginAttempts.LASTS.toSeconds();
  }

  String clearing(PublicUrl base) {
    return base.cookie(name(state), "", PATH) + "; Max-Age=0";
  }

  private static String name(String state) {
    return START + RandomSecret.hash(state).substring(0, NAME_CHARACTERS);
  }

  @Override
  public String toString() {
    return "LoginCookie";
  }
}
