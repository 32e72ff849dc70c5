package hub.http.body;

import hub.http.SourceAddress;
import hub.http.framing.FramingFault;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.http.problem.Problems;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * Reads the raw bytes of a request's body without holding a thread, within limits for size and time
 * and within the {@link BodyBudget}. Bytes after the limit are discarded, so that the sender can
 * still read the response. All its state belongs to the request's event loop.
 */
public final class RawBody {
  /** A sender that sends so many times the limit is cut off. */
  private static final int CUT_OFF_FACTOR = 4;

  /** Time for the sender to read the response before the connection closes. */
  private static final long LINGER_MILLIS = 1_000;

  /**
   * The limits of a body.
   *
   * @param remedy added to the message that the body is too large
   */
  record Limit(int bytes, int seconds, String remedy) {}

  private final Context context;
  private final HttpServerRequest request;
  private final Limit limit;
  private final BodyBudget.Reservation reservation;

  /** {@code Content-Length}; 0 when the request has none. */
  private final long declaredLength;

  private final SegmentedBuffer buffer;
  private final Promise<byte[]> promise = Promise.promise();
  private final long timer;
  private long received;

  private RawBody(
      Context context,
      HttpServerRequest request,
      Limit limit,
      BodyBudget budget,
      SourceAddress from) {
    this.context = context;
    this.request = request;
    this.limit = limit;
    this.reservation = budget.open(from, () -> context.runOnContext(nothing -> overloaded()));
    this.declaredLength = declaredLength(request);
    this.buffer = new SegmentedBuffer(reservation::reserve);
    this.timer = context.owner().setTimer(limit.seconds() * 1_000L, id -> timeOut());
  }

  /** Must be called on the request's event loop before anything was read. */
  static RawBody read(
      Context context,
      HttpServerRequest request,
      Limit limit,
      BodyBudget budget,
      SourceAddress from) {
    RawBody body = new RawBody(context, request, limit, budget, from);
    body.start();
    return body;
  }

  /** Completes with the whole body, or fails with a {@link ProblemException}. */
  public Future<byte[]> bytes() {
    return promise.future();
  }

  /** Gives the body's memory back to the budget, once the request is answered. */
  public void release() {
    reservation.release();
  }

  private void start() {
    request.exceptionHandler(
        error -> {
          context.owner().cancelTimer(timer);
          fail(
              error instanceof FramingFault fault
                  ? fault.problem()
                  : Problem.of(
                      400, "payload-invalid", "The connection broke off within the body."));
        });
    request.handler(this::receive);
    request.endHandler(end -> finish());
    if (declaredLength > limit.bytes()) {
      tooLarge();
    } else if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      request.response().writeContinue();
    }
    request.resume();
  }

  private static long declaredLength(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    try {
      return length == null ? 0 : Long.parseLong(length.trim());
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private void receive(Buffer part) {
    received += part.length();
    if (received > (long) limit.bytes() * CUT_OFF_FACTOR) {
      UnreadBody.cutOff(request);
    } else if (received > limit.bytes()) {
      tooLarge();
    } else if (!promise.future().isComplete() && !buffer.add(part, maxBytes())) {
      overloaded();
    }
  }

  private int maxBytes() {
    return declaredLength >= received
        ? (int) Math.min(declaredLength, limit.bytes())
        : limit.bytes();
  }

  private void tooLarge() {
    fail(
        Problem.of(
            413,
            "payload-too-large",
            "The body is larger than the "
                + limit.bytes()
                + " bytes that are taken here"
                + limit.remedy()
                + "."));
  }

  /** Stops reading: there is not even memory to discard the rest. */
  private void overloaded() {
    if (promise.future().isComplete()) {
      return;
    }
    if (request.version() != HttpVersion.HTTP_2) {
      request.response().putHeader("Connection", "close");
    }
    fail(Problems.overloaded());
    context.owner().cancelTimer(timer);
    request.pause();
    context.owner().setTimer(LINGER_MILLIS, id -> UnreadBody.cutOff(request));
  }

  /** Also ends a body that was refused and is still being sent. */
  private void timeOut() {
    fail(
        Problem.of(408, "request-timeout", "The body took longer than " + limit.seconds() + " s."));
    context.owner().setTimer(LINGER_MILLIS, id -> UnreadBody.cutOff(request));
  }

  private void fail(Problem problem) {
    if (promise.tryFail(new ProblemException(problem))) {
      buffer.clear();
      reservation.release();
    }
  }

  private void finish() {
    context.owner().cancelTimer(timer);
    if (!promise.future().isComplete()) {
      byte[] bytes = buffer.join();
      reservation.complete(bytes.length);
      promise.complete(bytes);
    }
  }
}
