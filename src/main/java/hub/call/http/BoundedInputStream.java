package hub.call.http;

import hub.call.policy.ResponseTooLargeException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a provider's response up to a number of bytes, else fails with {@link
 * ResponseTooLargeException}.
 */
public final class BoundedInputStream extends FilterInputStream {
  private final long maxBytes;
  private long seen;

  public BoundedInputStream(InputStream in, long maxBytes) {
    super(in);
    this.maxBytes = maxBytes;
  }

  @Override
  public int read() throws IOException {
    int one = super.read();
    count(one < 0 ? 0 : 1);
    return one;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    int read = super.read(into, from, length);
    count(Math.max(0, read));
    return read;
  }

  private void count(int read) throws IOException {
    seen += read;
    if (seen > maxBytes) {
      throw new ResponseTooLargeException(maxBytes);
    }
  }
}
