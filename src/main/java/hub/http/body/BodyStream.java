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
 * A request's body of any length, read from the sender only as fast as somebody takes it. As an
 * {@link InputStream} it blocks its reader; as an {@link IncomingBody} nobody. A sender that is
 * silent for too long while its bytes are waited for is given up.
 */
public final class BodyStream extends InputStream implements IncomingBody {
  private static final int READ_AHEAD = 64 * 1024;

  /** What a refused sender still sends is thrown away for so long, so that it hears the answer. */
  private static final long TIME_TO_HEAR_MILLIS = 5_000;

  private final Context context;
  private final HttpServerRequest request;
  private final int idleSeconds;

  // Of the event loop alone.
  private CompletableFuture<byte[]> asked;
  private byte[] gathered = {};
  private int filled;
  private int most;
  private Buffer left = Buffer.buffer();
  private boolean begun;
  private boolean ended;
  private ProblemException failure;
  private long timer = -1;

  // Of the reader alone.
  private byte[] current = {};
  private int position;

  /**
   * Call on the request's event loop before anything was read, with the request paused.
   *
   * @param idleSeconds how long a sender may be silent
   */
  public BodyStream(Context context, HttpServerRequest request, int idleSeconds) {
    this.context = context;
    this.request = request;
    this.idleSeconds = idleSeconds;
    request.exceptionHandler(
        error -> fail(400, "payload-invalid", "The connection broke off within the body."));
    request.handler(this::take);
    request.endHandler(
        end -> {
          ended = true;
          deliver();
        });
  }

  @Override
  public CompletableFuture<byte[]> next(int atMost) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    context.runOnContext(nothing -> ask(answer, atMost));
    return answer;
  }

  private void ask(CompletableFuture<byte[]> answer, int atMost) {
    if (asked != null) {
      answer.completeExceptionally(new IllegalStateException("the body is being read already"));
      return;
    }
    asked = answer;
    most = atMost;
    gathered = new byte[Math.min(atMost, Math.max(READ_AHEAD, left.length()))];
    filled = 0;
    if (failure != null) {
      deliver();
      return;
    }
    if (!begun) {
      begun = true;
      if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
        request.response().writeContinue();
      }
    }
    Buffer before = left;
    left = Buffer.buffer();
    timer = context.owner().setTimer(idleSeconds * 1_000L, id -> giveUp());
    add(before);
    goOn();
  }

  private void take(Buffer part) {
    if (asked == null) {
      // Thrown away: the request is answered.
      return;
    }
    context.owner().cancelTimer(timer);
    timer = context.owner().setTimer(idleSeconds * 1_000L, id -> giveUp());
    add(part);
    goOn();
  }

  private void goOn() {
    if (filled == most || ended) {
      deliver();
    } else {
      request.fetch(1);
    }
  }

  private void add(Buffer part) {
    int taken = Math.min(part.length(), most - filled);
    if (filled + taken > gathered.length) {
      int wanted = Math.max(filled + taken, gathered.length * 2);
      gathered = Arrays.copyOf(gathered, Math.min(most, wanted));
    }
    part.getBytes(0, taken, gathered, filled);
    filled += taken;
    left = taken < part.length() ? part.getBuffer(taken, part.length()) : Buffer.buffer();
  }

  private void giveUp() {
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
    CompletableFuture<byte[]> answer = asked;
    if (answer == null) {
      return;
    }
    asked = null;
    byte[] bytes = filled == gathered.length ? gathered : Arrays.copyOf(gathered, filled);
    gathered = new byte[0];
    if (failure != null) {
      answer.completeExceptionally(failure);
    } else {
      answer.complete(bytes);
    }
  }

  /** Once the request is answered: what is left of its body is thrown away, for a while. */
  public void discard() {
    context.runOnContext(
        nothing -> {
          if (!request.isEnded()) {
            request.resume();
            context.owner().setTimer(TIME_TO_HEAR_MILLIS, id -> closeUnlessEnded());
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
