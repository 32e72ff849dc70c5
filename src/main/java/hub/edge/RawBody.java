package hub.edge;

import hub.problem.Problem;
import hub.problem.ProblemException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;

/**
 * Reads a request's body as it is, up to a limit, within a time and within the {@link BodyBudget},
 * without holding a thread. What comes after the limit is thrown away unread, so that the sender
 * can still hear the answer.
 */
final class RawBody {
  /** A sender that keeps talking past the limit by this factor is cut off. */
  private static final int PATIENCE = 4;

  /** So that the sender can read the answer before the connection closes. */
  private static final long TIME_TO_READ_MILLIS = 1_000;

  private static final int FIRST_BYTES = 4 * 1024;

  private final Context context;
  private final HttpServerRequest request;
  private final int maxBytes;
  private final BodyBudget.Reservation reservation;
  private final Promise<byte[]> promise = Promise.promise();
  private final long timer;
  private byte[] bytes = {};
  private int filled;
  private long received;

  private RawBody(
      Context context,
      HttpServerRequest request,
      int maxBytes,
      int timeoutSeconds,
      BodyBudget budget,
      SourceAddress from) {
    this.context = context;
    this.request = request;
    this.maxBytes = maxBytes;
    this.reservation = budget.open(from, () -> context.runOnContext(nothing -> overloaded()));
    this.timer = context.owner().setTimer(timeoutSeconds * 1_000L, id -> giveUp(timeoutSeconds));
  }

  /** Call on the request's event loop before anything was read. */
  static RawBody read(
      Context context,
      HttpServerRequest request,
      int maxBytes,
      int timeoutSeconds,
      BodyBudget budget,
      SourceAddress from) {
    RawBody body = new RawBody(context, request, maxBytes, timeoutSeconds, budget, from);
    body.start();
    return body;
  }

  /** Completes with the whole body, or fails with a {@link ProblemException}. */
  Future<byte[]> bytes() {
    return promise.future();
  }

  /** Gives back the body's room once its request is answered. */
  void release() {
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
      if (reservation.take(part.length())) {
        add(part);
      } else {
        overloaded();
      }
    }
  }

  private void add(Buffer part) {
    int wanted = filled + part.length();
    if (wanted > bytes.length) {
      long expected = Math.max(wanted, Math.max(FIRST_BYTES, bytes.length * 2L));
      long most = declaredLength() >= wanted ? declaredLength() : maxBytes;
      bytes = Arrays.copyOf(bytes, (int) Math.min(expected, most));
    }
    part.getBytes(bytes, filled);
    filled = wanted;
  }

  private void tooLarge() {
    fail(
        Problem.of(
            413,
            "payload-too-large",
            "The body is larger than the " + maxBytes + " bytes allowed here."));
  }

  /** Reads no more of it: there is no room to throw it away in either. */
  private void overloaded() {
    if (fail(Problems.overloaded())) {
      request.pause();
      context.owner().setTimer(TIME_TO_READ_MILLIS, id -> request.connection().close());
    }
  }

  /** Also for a body that was refused already and still has not ended. */
  private void giveUp(int seconds) {
    fail(Problem.of(408, "request-timeout", "The body took longer than " + seconds + " s."));
    context.owner().setTimer(TIME_TO_READ_MILLIS, id -> request.connection().close());
  }

  private boolean fail(Problem problem) {
    boolean first = promise.tryFail(new ProblemException(problem));
    if (first) {
      bytes = new byte[0];
      reservation.release();
    }
    return first;
  }

  private void finish() {
    context.owner().cancelTimer(timer);
    if (!promise.future().isComplete()) {
      reservation.complete();
      promise.complete(filled == bytes.length ? bytes : Arrays.copyOf(bytes, filled));
      bytes = new byte[0];
    }
  }
}
