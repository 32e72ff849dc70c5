package hub.http;

import hub.http.framing.FramingFault;
import hub.http.problem.Problem;
import hub.http.problem.Problems;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks the head of a request before it is routed. */
public final class RequestHeadRules {
  /** In characters. A longer path is cut in the log. */
  private static final int MAX_LOGGED_PATH = 200;

  /** Methods with which Vert.x accepts a form. */
  private static final Set<HttpMethod> METHODS_WITH_FORM =
      Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

  private static final Pattern FORM =
      Pattern.compile(
          "\\s*(multipart/form-data|application/x-www-form-urlencoded)", Pattern.CASE_INSENSITIVE);

  private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f]");
  private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x21-\\x7e]");
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** Headers that HTTP/1 uses for one connection, and that HTTP/2 forbids. */
  private static final Set<String> HTTP_1_ONLY =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

  private RequestHeadRules() {}

  /** Why no route can serve the request; empty when one may. */
  public static Optional<Problem> fault(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_1_0
        && (request.authority() == null || request.headers().getAll("Host").size() > 1)) {
      return malformed("The header Host must be given once, with the name of a host.");
    }
    if (request.version() == HttpVersion.HTTP_2 && isForeign(request)) {
      return malformed("A header is not allowed in HTTP/2, or contains a control character.");
    }
    String path = request.path();
    if (path == null || !path.startsWith("/")) {
      return malformed("The path must start with a slash.");
    }
    if (!decodes(path) || !decodes(request.query())) {
      return malformed("The path or its query has a % that no two hexadecimal digits follow.");
    }
    return form(request);
  }

  /**
   * Whether HTTP/2 carries something that HTTP/1 cannot. Forwarding such a request, or logging its
   * headers, could turn one line into two.
   */
  private static boolean isForeign(HttpServerRequest request) {
    String host = request.getHeader("Host");
    if (host != null && !host.equals(String.valueOf(request.authority()))) {
      return true;
    }
    return CONTROL.matcher(request.uri()).find()
        || request.uri().indexOf(' ') >= 0
        || request.headers().entries().stream()
            .anyMatch(
                header ->
                    !header.getKey().startsWith(":")
                        && (HTTP_1_ONLY.contains(header.getKey().toLowerCase(Locale.ROOT))
                            || !NAME.matcher(header.getKey()).matches()
                            || CONTROL.matcher(header.getValue().replace('\t', ' ')).find()));
  }

  /**
   * Rejects a form with a method that has none, because Vert.x throws at it. Without a body the
   * header is only removed: scripts in browsers send it with every request.
   */
  private static Optional<Problem> form(HttpServerRequest request) {
    String type = request.getHeader(HeaderNames.CONTENT_TYPE);
    if (type == null
        || METHODS_WITH_FORM.contains(request.method())
        || !FORM.matcher(type).lookingAt()) {
      return Optional.empty();
    }
    if (request.headers().contains("Transfer-Encoding")
        || !request.headers().getAll("Content-Length").stream().allMatch("0"::equals)) {
      return Optional.of(
          Problem.of(400, "payload-invalid", "A form is sent with POST, PUT, PATCH or DELETE."));
    }
    request.headers().remove(HeaderNames.CONTENT_TYPE);
    return Optional.empty();
  }

  private static Optional<Problem> malformed(String detail) {
    return Optional.of(Problem.of(400, "request-malformed", detail));
  }

  private static boolean decodes(String text) {
    if (text == null || text.indexOf('%') < 0) {
      return true;
    }
    try {
      QueryStringDecoder.decodeComponent(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The problem that the HTTP decoder found. */
  public static Problem fault(DecoderResult result) {
    if (result.cause() instanceof FramingFault fault) {
      return fault.problem();
    }
    if (result.cause() instanceof TooLongHttpLineException) {
      return Problems.ofStatus(414);
    }
    if (result.cause() instanceof TooLongHttpHeaderException) {
      return Problems.ofStatus(431);
    }
    return Problem.of(400, "request-malformed", "The request cannot be read as HTTP.");
  }

  /** A path for the log: printable ASCII, at most 200 characters. */
  public static String forLog(String path) {
    String plain = path == null ? "" : UNPRINTABLE.matcher(path).replaceAll("?");
    return plain.length() <= MAX_LOGGED_PATH ? plain : plain.substring(0, MAX_LOGGED_PATH) + "…";
  }
}
