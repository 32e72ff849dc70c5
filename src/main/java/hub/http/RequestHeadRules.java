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

/** What is wrong with a request before anybody asks what it is about. */
public final class RequestHeadRules {
  /** Of a path, in the log. */
  private static final int MAX_CHARACTERS = 200;

  /** Methods whose forms Vert.x reads. */
  private static final Set<HttpMethod> BODIED =
      Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

  private static final Pattern FORM =
      Pattern.compile(
          "\\s*(multipart/form-data|application/x-www-form-urlencoded)", Pattern.CASE_INSENSITIVE);

  private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f]");
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** Headers of one connection of HTTP/1. */
  private static final Set<String> HTTP_1 =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

  private RequestHeadRules() {}

  /** Why no route can serve it; empty when one may. */
  public static Optional<Problem> fault(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_1_0
        && (request.authority() == null || request.headers().getAll("Host").size() > 1)) {
      return wrong("The header Host must stand there once, with a host's name.");
    }
    if (request.version() == HttpVersion.HTTP_2 && isForeign(request)) {
      return wrong("A header does not belong into HTTP/2, or has a control character.");
    }
    String path = request.path();
    if (path == null || !path.startsWith("/")) {
      return wrong("The path must start with a slash.");
    }
    if (!decodes(path) || !decodes(request.query())) {
      return wrong("The path or its query has a % that no two hexadecimal digits follow.");
    }
    return form(request);
  }

  /**
   * What HTTP/2 can carry and HTTP/1 cannot: whoever passes the request on, or writes its headers
   * down, would make two lines of one.
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
                        && (HTTP_1.contains(header.getKey().toLowerCase(Locale.ROOT))
                            || !NAME.matcher(header.getKey()).matches()
                            || CONTROL.matcher(header.getValue().replace('\t', ' ')).find()));
  }

  /**
   * Vert.x throws at a form that comes with a method which has none. Browsers' scripts send the
   * header with every request; without a body it means nothing.
   */
  private static Optional<Problem> form(HttpServerRequest request) {
    String type = request.getHeader(HeaderNames.CONTENT_TYPE);
    if (type == null || BODIED.contains(request.method()) || !FORM.matcher(type).lookingAt()) {
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

  private static Optional<Problem> wrong(String detail) {
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

  /** What a reader of HTTP stumbled over. */
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

  /** A path as it may stand in the log: on one line, not endless. */
  public static String shown(String path) {
    String plain = path == null ? "" : path.replaceAll("[^\\x21-\\x7e]", "?");
    return plain.length() <= MAX_CHARACTERS ? plain : plain.substring(0, MAX_CHARACTERS) + "…";
  }
}
