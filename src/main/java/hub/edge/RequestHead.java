package hub.edge;

import hub.problem.Problem;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Optional;

/** What is wrong with a request before anybody asks what it is about. */
final class RequestHead {
  /** Of a path, in the log. */
  private static final int MOST_CHARACTERS = 200;

  private RequestHead() {}

  /** Why no route can serve it; empty when one may. */
  static Optional<Problem> fault(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_1_0
        && (request.authority() == null || request.headers().getAll("Host").size() > 1)) {
      return wrong("The header Host must stand there once, with a host's name.");
    }
    String path = request.path();
    if (path == null || !path.startsWith("/")) {
      return wrong("The path must start with a slash.");
    }
    if (!decodes(path) || !decodes(request.query())) {
      return wrong("The path or its query has a % that no two hexadecimal digits follow.");
    }
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
  static Problem fault(DecoderResult result) {
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
  static String shown(String path) {
    String plain = path == null ? "" : path.replaceAll("[^\\x21-\\x7e]", "?");
    return plain.length() <= MOST_CHARACTERS ? plain : plain.substring(0, MOST_CHARACTERS) + "…";
  }
}
