package hub.call.http;

import hub.config.Settings;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where an API is: an address, or the name of a setting with an address that is a secret itself.
 * The secret is looked up for each request, and no message shows it.
 *
 * @param address the address before the path; empty with {@code secret}
 * @param secret name of the property or variable; empty with {@code address}
 */
record BaseAddress(String address, String secret) {
  static final BaseAddress NONE = new BaseAddress("", "");

  /**
   * An address that a route shows; empty: none.
   *
   * @throws IllegalArgumentException when it is no http or https address
   */
  static BaseAddress of(String address) {
    if (!address.isEmpty() && !isHttp(URI.create(address))) {
      throw new IllegalArgumentException("baseUrl: '" + address + "' is no http or https address");
    }
    return new BaseAddress(address.replaceFirst("/+$", ""), "");
  }

  /** The address that this setting holds; empty: none. */
  static BaseAddress ofSecret(String name) {
    return new BaseAddress("", name.strip());
  }

  boolean isGiven() {
    return !address.isEmpty() || !secret.isEmpty();
  }

  /**
   * The address of a request. A query that the secret has itself stays in front of the route's.
   *
   * @param path empty, or with a slash in front
   * @param query without the question mark; empty: none
   * @param settings the value of a property or variable
   * @throws ProblemException 503 {@code not-configured} when the setting holds no address
   */
  URI with(String path, String query, Function<String, Optional<String>> settings) {
    if (secret.isEmpty()) {
      return URI.create(address + path + (query.isEmpty() ? "" : "?" + query));
    }
    String value = settings.apply(secret).map(String::strip).orElse("");
    int mark = value.indexOf('?');
    String own = mark < 0 ? "" : value.substring(mark + 1);
    String front = mark < 0 ? value : value.substring(0, mark);
    String both = own + (own.isEmpty() || query.isEmpty() ? "" : "&") + query;
    String text =
        (path.isEmpty() ? front : front.replaceFirst("/+$", "") + path)
            + (both.isEmpty() ? "" : "?" + both);
    return secretUri(text)
        .orElseThrow(
            () ->
                new ProblemException(
                    Problem.of(
                        503,
                        "not-configured",
                        secret + " is no http or https address" + Settings.TAKES_EFFECT)));
  }

  /** Empty instead of an exception, whose message would show the address. */
  private static Optional<URI> secretUri(String text) {
    try {
      return Optional.of(URI.create(text)).filter(BaseAddress::isHttp);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isHttp(URI uri) {
    return uri.getHost() != null
        && ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()));
  }
}
