package hub.http.body;

import java.util.concurrent.CompletionStage;

/**
 * A request's bytes, taken at the pace of whoever asks for them; the sender waits meanwhile. For
 * one asker at a time.
 */
public interface IncomingBody {
  /**
   * The next bytes, without holding a thread while they arrive. Completes on the server's event
   * loop: nothing may block behind it.
   *
   * @param most from 1; that many come unless the body ends before
   * @return fewer than {@code most}, none even, once the body has ended; fails with a {@code
   *     ProblemException}: 400 when the connection breaks off, 408 when nothing arrives for too
   *     long
   */
  CompletionStage<byte[]> next(int most);
}
