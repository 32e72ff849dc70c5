package hub.http.body;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * What still comes of a body when its request is refused before any route reads it. A little is
 * thrown away, so that the sender can read the answer and use the connection again; a sender that
 * goes on for longer is cut off.
 */
public final class UnreadBody {
  /** Nearly every body is smaller. */
  private static final long MAX_BYTES = 256 * 1024;

  private static final long MAX_MILLIS = 5_000;

  private final HttpServerRequest request;
  private long seen;

  private UnreadBody(HttpServerRequest request) {
    this.request = request;
  }

  /** Call on the request's event loop, before it is answered. */
  public static void bound(Vertx vertx, HttpServerRequest request) {
    UnreadBody rest = new UnreadBody(request);
    long timer = vertx.setTimer(MAX_MILLIS, late -> rest.cutOff());
    request.exceptionHandler(broken -> vertx.cancelTimer(timer));
    request.endHandler(end -> vertx.cancelTimer(timer));
    request.handler(part -> rest.count(part.length()));
    request.resume();
  }

  private void count(int bytes) {
    seen += bytes;
    if (seen > MAX_BYTES) {
      cutOff();
    }
  }

  private void cutOff() {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset();
    } else {
      request.connection().close();
    }
  }
}
