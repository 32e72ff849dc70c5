package hub.http.body;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A streamed request body of any length, read from the sender only as fast as the route consumes
 * it. As an {@link InputStream} it blocks its reader; as an {@link IncomingBody} it does not. Times
 * out when the sender pauses for too long while the route waits for bytes.
 */
public final class BodyStream extends InputStream implements IncomingBody {
  private static final int READ_AHEAD = 64 * 1024;

  /** For so long the rest of a body is discarded, so that its sender can read the response. */
  private static final long DISCARD_MILLIS = 5_000;

  private final Context context;
  private final HttpServerRequest request;
  private final int idleSeconds;

  /** As the sender said; negative for a body in chunks. */
  private final long length;

  // Used by the event loop only.
  private CompletableFuture<byte[]> pending;
  private byte[] buffer = {};
  private int filled;
  private int maxLength;
  private Buffer unread = Buffer.buffer();
  private long received;
  private boolean started;
  private boolean ended;
  private ProblemException failure;
  private long timer = -1;

  // Used by the reader only.
  private byte[] current = {};
  private int position;

  /**
   * Must be called on the request's event loop before anything was read, with the request paused.
   *
   * @param idleSeconds how long a sender may pause
   */
  public BodyStream(Context context, HttpServerRequest request, int idleSeconds) {
    this.context = context;
    this.request = request;
    this.idleSeconds = idleSeconds;
    String said = request.getHeader("Content-Length");
    this.length = said == null ? -1 : Long.parseLong(said);
    request.exceptionHandler(
        error -> fail(400, "payload-invalid", "The connection broke off within the body."));
    request.handler(this::receive);
    request.endHandler(
        end -> {
          ended = true;
          deliver();
        });
  }

  @Override
  public CompletableFuture<byte[]> next(int atMost) {
    CompletableFuture<byte[]> promise = new CompletableFuture<>();
    context.runOnContext(nothing -> request(promise, atMost));
    return promise;
  }

  private void request(CompletableFuture<byte[]> promise, int atMost) {
    if (pending != null) {
      promise.completeExceptionally(new IllegalStateException("the body is being read already"));
      return;
    }
    pending = promise;
    maxLength = atMost;
    buffer = new byte[(int) Math.min(atMost, expected())];
    filled = 0;
    if (failure != null) {
      deliver();
      return;
    }
    if (!started) {
      started = true;
      if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
        request.response().writeContinue();
      }
    }
    Buffer before = unread;
    unread = Buffer.buffer();
    timer = context.owner().setTimer(idleSeconds * 1_000L, id -> timeOut());
    add(before);
    fetchOrDeliver();
  }

  /** Bytes not delivered yet, as far as the sender said how many come; else a guess that grows. */
  private long expected() {
    long toCome = length < 0 ? READ_AHEAD : length - received + unread.length();
    return Math.max(toCome, unread.length());
  }

  private void receive(Buffer part) {
    if (pending == null) {
      // The request is answered: discard.
      return;
    }
    context.owner().cancelTimer(timer);
    timer = context.owner().setTimer(idleSeconds * 1_000L, id -> timeOut());
    received += part.length();
    add(part);
    fetchOrDeliver();
  }

  private void fetchOrDeliver() {
    if (filled == maxLength || ended) {
      deliver();
    } else {
      request.fetch(1);
    }
  }

  private void add(Buffer part) {
    int taken = Math.min(part.length(), maxLength - filled);
    if (filled + taken > buffer.length) {
      int wanted = Math.max(filled + taken, buffer.length * 2);
      buffer = Arrays.copyOf(buffer, Math.min(maxLength, wanted));
    }
    part.getBytes(0, taken, buffer, filled);
    filled += taken;
    unread = taken < part.length() ? part.getBuffer(taken, part.length()) : Buffer.buffer();
  }

  private void timeOut() {
    fail(408, "request-timeout", "No byte of the body arrived for " + idleSeconds + " s.");
  }

  private void fail(int status, String reason, String detail) {
    if (!ended && failure == null) {
      failure = new ProblemException(Problem.of(status, reason, detail));
      deliver();
    }
  }

  private void deliver() {
    context.owner().cancelTimer(timer);
    CompletableFuture<byte[]> promise = pending;
    if (promise == null) {
      return;
    }
    pending = null;
    byte[] bytes = filled == buffer.length ? buffer : Arrays.copyOf(buffer, filled);
    buffer = new byte[0];
    if (failure != null) {
      promise.completeExceptionally(failure);
    } else {
      promise.complete(bytes);
    }
  }

  /** Discards the rest of the body, for five seconds, once the request is answered. */
  public void discard() {
    context.runOnContext(
        nothing -> {
          if (!request.isEnded()) {
            request.resume();
            context.owner().setTimer(DISCARD_MILLIS, id -> closeUnlessEnded());
          }
        });
  }

  private void closeUnlessEnded() {
    if (!request.isEnded()) {
      request.connection().close();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position == current.length) {
      current = await();
      position = 0;
    }
    int given = Math.min(length, current.length - position);
    System.arraycopy(current, position, to, offset, given);
    position += given;
    return given == 0 ? -1 : given;
  }

  private byte[] await() throws IOException {
    try {
      return next(READ_AHEAD).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    }
  }
}
