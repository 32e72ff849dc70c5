package hub.http.body;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * Discards the body of a request that is refused before a route reads it, so that the sender can
 * read the response and reuse the connection. A sender of more than 256 KiB, or for more than 5 s,
 * is cut off.
 */
public final class UnreadBody {
  /** Nearly all bodies are smaller. */
  private static final long MAX_BYTES = 256 * 1024;

  private static final long MAX_MILLIS = 5_000;

  private final HttpServerRequest request;
  private long seen;

  private UnreadBody(HttpServerRequest request) {
    this.request = request;
  }

  /**
   * Discards the rest of the body. Must be called on the request's event loop before the response
   * is sent.
   */
  public static void discard(Vertx vertx, HttpServerRequest request) {
    UnreadBody rest = new UnreadBody(request);
    long timer = vertx.setTimer(MAX_MILLIS, late -> cutOff(request));
    request.exceptionHandler(broken -> vertx.cancelTimer(timer));
    request.endHandler(end -> vertx.cancelTimer(timer));
    request.handler(part -> rest.count(part.length()));
    request.resume();
  }

  private void count(int bytes) {
    seen += bytes;
    if (seen > MAX_BYTES) {
      cutOff(request);
    }
  }

  /** Ends the request's stream with HTTP/2, else its connection. */
  static void cutOff(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset();
    } else {
      request.connection().close();
    }
  }
}
