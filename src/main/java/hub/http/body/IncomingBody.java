package hub.http.body;

import java.util.concurrent.CompletionStage;

/**
 * A request's body, read at the pace of its consumer; the sender waits meanwhile. For one consumer
 * at a time.
 */
public interface IncomingBody {
  /**
   * Reads the next bytes without holding a thread. Completes on the server's event loop, so nothing
   * that follows may block.
   *
   * @param most how many bytes to read, at least 1; fewer only when the body ends
   * @return the bytes, fewer than {@code most} or none once the body has ended; fails with a {@code
   *     ProblemException}: 400 when the connection breaks off, 408 when nothing arrives for too
   *     long
   */
  CompletionStage<byte[]> next(int most);
}
