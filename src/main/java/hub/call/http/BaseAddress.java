package hub.call.http;

import hub.call.policy.VariableHost;
import hub.config.Settings;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an API is: an address, in which {@code {name}} stands for a value of the message, or the
 * name of a setting with an address that is a secret itself. Either is looked up for each request,
 * and no message shows it.
 *
 * @param address the address before the path; empty with {@code secret}
 * @param secret name of the property or variable; empty with {@code address}
 */
record BaseAddress(String address, String secret) {
  static final BaseAddress NONE = new BaseAddress("", "");

  private static final Pattern PARTS =
      Pattern.compile("(?i)(https?://)([^/?#]*)([^?#]*)(?:\\?([^#]*))?");

  /** The whole address, or its beginning, is a value of the message. */
  private static final Pattern WHOLE = Pattern.compile("(\\{[^{}/]+})([^?#]*)(?:\\?([^#]*))?");

  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9.-]*|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?");

  private static final int LAST_PORT = 65_535;

  /**
   * An address that a route shows; empty: none.
   *
   * @throws IllegalArgumentException when it is no http or https address
   */
  static BaseAddress of(String address) {
    boolean fits =
        address.indexOf('{') < 0
            ? address.isEmpty() || isHttp(URI.create(address))
            : PARTS.matcher(address).matches() || WHOLE.matcher(address).matches();
    if (!fits) {
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

  /** Whether the message says the host, so that it must be checked when it is connected to. */
  boolean isOfVariables() {
    return VariableHost.isIn(address);
  }

  /**
   * The address of a request. A query that the address has itself stays in front of the route's.
   *
   * @param path empty, or with a slash in front
   * @param query without the question mark; empty: none
   * @param settings the value of a property or variable
   * @param values the value of a variable or header of the message
   * @throws ProblemException 503 {@code not-configured} when the setting holds no address
   * @throws UnfitValueException when a value cannot stand where it does
   */
  URI with(
      String path,
      String query,
      Function<String, Optional<String>> settings,
      UnaryOperator<String> values) {
    if (!secret.isEmpty()) {
      String value = settings.apply(secret).map(String::strip).orElse("");
      return parsed(joined(value, path, query))
          .orElseThrow(
              () ->
                  new ProblemException(
                      Problem.of(
                          503,
                          "not-configured",
                          secret + " is no http or https address" + Settings.TAKES_EFFECT)));
    }
    if (address.indexOf('{') < 0) {
      return URI.create(joined(address, path, query));
    }
    return parsed(joined(filled(values), path, query))
        .filter(uri -> uri.getRawUserInfo() == null && uri.getPort() <= LAST_PORT)
        .orElseThrow(() -> UnfitValueException.address(address));
  }

  private String filled(UnaryOperator<String> values) {
    Matcher whole = WHOLE.matcher(address);
    if (whole.matches()) {
      return joined(
          new UrlTemplate(whole.group(1)).plain(values).strip(),
          new UrlTemplate(whole.group(2)).path(values),
          query(whole.group(3), values));
    }
    Matcher parts = PARTS.matcher(address);
    if (!parts.matches()) {
      throw new IllegalStateException("was checked before");
    }
    String host = new UrlTemplate(parts.group(2)).plain(values);
    if (!HOST.matcher(host).matches()) {
      throw UnfitValueException.host(parts.group(2));
    }
    return joined(
        parts.group(1) + host,
        new UrlTemplate(parts.group(3)).path(values),
        query(parts.group(4), values));
  }

  private static String query(String template, UnaryOperator<String> values) {
    return template == null ? "" : new UrlTemplate(template).encoded(values);
  }

  private static String joined(String base, String path, String query) {
    int mark = base.indexOf('?');
    String own = mark < 0 ? "" : base.substring(mark + 1);
    String front = mark < 0 ? base : base.substring(0, mark);
    String both = own + (own.isEmpty() || query.isEmpty() ? "" : "&") + query;
    return (path.isEmpty() ? front : front.replaceFirst("/+$", "") + path)
        + (both.isEmpty() ? "" : "?" + both);
  }

  /** Empty instead of an exception, whose message would show the address. */
  private static Optional<URI> parsed(String text) {
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
