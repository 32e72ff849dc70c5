package hub.http.body;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The bytes of a body of which nobody knows whether it will ever end: in arrays that grow with it,
 * none of them so large that the heap has to find a place of its own for it. Of one thread.
 */
final class BodyPieces {
  private static final int SMALLEST = 4 * 1024;
  private static final int LARGEST = 64 * 1024;

  private final List<byte[]> pieces = new ArrayList<>(1);
  private final IntPredicate room;

  /** Of the last piece. */
  private int filled;

  private int length;

  /**
   * @param room asked before each array of so many bytes is made
   */
  BodyPieces(IntPredicate room) {
    this.room = room;
  }

  int length() {
    return length;
  }

  /**
   * Copies {@code part} to the end.
   *
   * @param most bytes that may come in all, {@code part} among them: nothing is made for more
   * @return false: there was no room
   */
  boolean add(Buffer part, int most) {
    int read = 0;
    while (read < part.length()) {
      if (pieces.isEmpty() || filled == last().length) {
        int size = Math.min(most - length, Math.min(LARGEST, Math.max(SMALLEST, length)));
        if (!room.test(size)) {
          return false;
        }
        pieces.add(new byte[size]);
        filled = 0;
      }
      int copied = Math.min(part.length() - read, last().length - filled);
      part.getBytes(read, read + copied, last(), filled);
      read += copied;
      filled += copied;
      length += copied;
    }
    return true;
  }

  private byte[] last() {
    return pieces.get(pieces.size() - 1);
  }

  /** All of it; empties this. */
  byte[] join() {
    if (pieces.size() == 1 && last().length == length) {
      byte[] only = last();
      clear();
      return only;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] piece : pieces) {
      int part = Math.min(piece.length, length - at);
      System.arraycopy(piece, 0, all, at, part);
      at += part;
    }
    clear();
    return all;
  }

  void clear() {
    pieces.clear();
    filled = 0;
    length = 0;
  }
}
