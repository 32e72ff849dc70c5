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
 * Reads a request's body as it is, up to a limit, within a time and within the {@link BodyBudget},
 * without holding a thread. What comes after the limit is thrown away unread, so that the sender
 * can still hear the answer. All its state belongs to the request's event loop.
 */
public final class RawBody {
  /** A sender that keeps talking past the limit by this factor is cut off. */
  private static final int PATIENCE = 4;

  /** So that the sender can read the answer before the connection closes. */
  private static final long TIME_TO_READ_MILLIS = 1_000;

  /**
   * What a body may be.
   *
   * @param remedy what else its sender is told when it is larger
   */
  record Limit(int bytes, int seconds, String remedy) {}

  private final Context context;
  private final HttpServerRequest request;
  private final Limit limit;
  private final BodyBudget.Reservation reservation;
  private final BodyPieces pieces;
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
    this.pieces = new BodyPieces(reservation::take);
    this.timer = context.owner().setTimer(limit.seconds() * 1_000L, id -> giveUp());
  }

  /** Call on the request's event loop before anything was read. */
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

  /** Gives back the body's room, once its request is answered. */
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
    request.handler(this::take);
    request.endHandler(end -> finish());
    if (declaredLength() > limit.bytes()) {
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
    if (received > (long) limit.bytes() * PATIENCE) {
      cutOff();
    } else if (received > limit.bytes()) {
      tooLarge();
    } else if (!promise.future().isComplete() && !pieces.add(part, maxBytes())) {
      overloaded();
    }
  }

  private int maxBytes() {
    long declared = declaredLength();
    return declared >= received ? (int) Math.min(declared, limit.bytes()) : limit.bytes();
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

  /** Reads no more of it: there is no room to throw it away in either. */
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
    context.owner().setTimer(TIME_TO_READ_MILLIS, id -> cutOff());
  }

  /** Also for a body that was refused already and still has not ended. */
  private void giveUp() {
    fail(
        Problem.of(408, "request-timeout", "The body took longer than " + limit.seconds() + " s."));
    context.owner().setTimer(TIME_TO_READ_MILLIS, id -> cutOff());
  }

  /** Other requests of an HTTP/2 connection go on. */
  private void cutOff() {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset();
    } else {
      request.connection().close();
    }
  }

  private void fail(Problem problem) {
    if (promise.tryFail(new ProblemException(problem))) {
      pieces.clear();
      reservation.release();
    }
  }

  private void finish() {
    context.owner().cancelTimer(timer);
    if (!promise.future().isComplete()) {
      byte[] bytes = pieces.join();
      reservation.complete(bytes.length);
      promise.complete(bytes);
    }
  }
}
