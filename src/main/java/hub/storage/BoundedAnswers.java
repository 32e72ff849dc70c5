package hub.storage;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/**
 * Breaks off an answer that the SDK would read into memory once it is longer than so many bytes.
 */
final class BoundedAnswers implements ExecutionInterceptor {
  private final int mostBytes;

  BoundedAnswers(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  @Override
  public Optional<InputStream> modifyHttpResponseContent(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    boolean file =
        context.request() instanceof GetObjectRequest && context.httpResponse().isSuccessful();
    return file
        ? context.responseBody()
        : context.responseBody().map(body -> new Bounded(body, mostBytes));
  }

  private static final class Bounded extends FilterInputStream {
    private final int most;
    private long seen;

    Bounded(InputStream in, int most) {
      super(in);
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      count(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int read = super.read(to, offset, length);
      count(Math.max(0, read));
      return read;
    }

    private void count(int read) throws IOException {
      seen += read;
      if (seen > most) {
        throw new IOException("the answer is larger than " + most + " bytes");
      }
    }
  }
}
