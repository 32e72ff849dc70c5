package hub.http.body;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A growing buffer for a body of unknown length. It consists of several arrays, none of them so
 * large that the garbage collector treats it as a huge object. Not thread-safe.
 */
final class SegmentedBuffer {
  private static final int MIN_SEGMENT = 4 * 1024;
  private static final int MAX_SEGMENT = 64 * 1024;

  private final List<byte[]> segments = new ArrayList<>(1);
  private final IntPredicate reserve;

  /** Bytes used in the last segment. */
  private int filled;

  private int length;

  /**
   * @param reserve reserves room before an array of so many bytes is made
   */
  SegmentedBuffer(IntPredicate reserve) {
    this.reserve = reserve;
  }

  int length() {
    return length;
  }

  /**
   * Appends {@code part}.
   *
   * @param maxLength the most bytes of the whole body; no array is made for more
   * @return false when there is no room
   */
  boolean add(Buffer part, int maxLength) {
    int read = 0;
    while (read < part.length()) {
      if (segments.isEmpty() || filled == last().length) {
        int size =
            Math.min(maxLength - length, Math.min(MAX_SEGMENT, Math.max(MIN_SEGMENT, length)));
        if (!reserve.test(size)) {
          return false;
        }
        segments.add(new byte[size]);
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
    return segments.get(segments.size() - 1);
  }

  /** Returns all bytes and empties the buffer. */
  byte[] join() {
    if (segments.size() == 1 && last().length == length) {
      byte[] only = last();
      clear();
      return only;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] segment : segments) {
      int part = Math.min(segment.length, length - at);
      System.arraycopy(segment, 0, all, at, part);
      at += part;
    }
    clear();
    return all;
  }

  void clear() {
    segments.clear();
    filled = 0;
    length = 0;
  }
}
