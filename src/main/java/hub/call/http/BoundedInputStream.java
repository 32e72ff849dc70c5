package hub.call.http;

import hub.call.policy.AnswerTooLargeException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Gives no more than so many bytes of what a provider says, then breaks off. */
public final class BoundedInputStream extends FilterInputStream {
  private final long mostBytes;
  private long seen;

  public BoundedInputStream(InputStream in, long mostBytes) {
    super(in);
    this.mostBytes = mostBytes;
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
    if (seen > mostBytes) {
      throw new AnswerTooLargeException(mostBytes);
    }
  }
}
