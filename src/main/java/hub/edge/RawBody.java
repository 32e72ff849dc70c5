package hub.edge;

import hub.problem.Problem;
import hub.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/**
 * Reads a request's body as it is, up to a limit and within a time, without holding a thread. What
 * comes after the limit is thrown away unread, so that the sender can still hear the answer.
 */
final class RawBody {
  /** A sender that keeps talking past the limit by this factor is cut off. */
  private static final int PATIENCE = 4;

  /** So that the sender can read the answer before the connection closes. */
  private static final long TIME_TO_READ_MILLIS = 1_000;

  private final HttpServerRequest request;
  private final int maxBytes;
  private final Promise<byte[]> promise = Promise.promise();
  private final Buffer buffer = Buffer.buffer();
  private final long timer;
  private final Vertx vertx;
  private long received;

  private RawBody(Vertx vertx, HttpServerRequest request, int maxBytes, int timeoutSeconds) {
    this.vertx = vertx;
    this.request = request;
    this.maxBytes = maxBytes;
    this.timer = vertx.setTimer(timeoutSeconds * 1_000L, id -> giveUp(timeoutSeconds));
  }

  /** Call on the request's event loop before anything was read. */
  static Future<byte[]> read(
      Vertx vertx, HttpServerRequest request, int maxBytes, int timeoutSeconds) {
    RawBody body = new RawBody(vertx, request, maxBytes, timeoutSeconds);
    body.start();
    return body.promise.future();
  }

  private void start() {
    request.exceptionHandler(
        error -> {
          vertx.cancelTimer(timer);
          fail(
              error instanceof FramingFault fault
                  ? fault.problem()
                  : Problem.of(
                      400, "payload-invalid", "The connection broke off within the body."));
        });
    request.handler(this::take);
    request.endHandler(end -> finish());
    if (declaredLength() > maxBytes) {
      tooLarge();
    } else if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      request.response().writeContinue();
    }
    request.resume();
  }

  private long declaredLength() {
    String length = request.getHeader("Content-Length");
    try {
      return length == null ? 0 : Long.parseLong(length.trim());
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private void take(Buffer part) {
    received += part.length();
    if (received > (long) maxBytes * PATIENCE) {
      request.connection().close();
    } else if (received > maxBytes) {
      tooLarge();
    } else if (!promise.future().isComplete()) {
      buffer.appendBuffer(part);
    }
  }

  private void tooLarge() {
    fail(
        Problem.of(
            413,
            "payload-too-large",
            "The body is larger than the "
                + maxBytes
                + " bytes that are taken here; see maxBodyBytes of the source and"
                + " hub.webhook.max-body-bytes."));
  }

  /** Also for a body that was refused already and still has not ended. */
  private void giveUp(int seconds) {
    fail(Problem.of(408, "request-timeout", "The body took longer than " + seconds + " s."));
    vertx.setTimer(TIME_TO_READ_MILLIS, id -> request.connection().close());
  }

  private void fail(Problem problem) {
    promise.tryFail(new ProblemException(problem));
  }

  private void finish() {
    vertx.cancelTimer(timer);
    promise.tryComplete(buffer.getBytes());
  }
}
