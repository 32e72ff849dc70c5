package hub.provider.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Answers with a file, or with its headers only for HEAD. The headers force a download and forbid
 * scripts; else a stored HTML page would run with the hub's origin. Thread-safe.
 */
final class FileFound implements Processor {
  /** RFC 9110 wants a day of two digits, which Java's RFC_1123_DATE_TIME does not write. */
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

  private static final String NOT_OURS = "sandbox; default-src 'none'";

  @Override
  public void process(Exchange exchange) {
    Message message = exchange.getMessage();
    if (message.getBody() instanceof ResponseInputStream<?> stream
        && stream.response() instanceof GetObjectResponse file) {
      head(message, file.contentType(), file.eTag(), file.lastModified(), file.contentLength());
      message.setHeader("Content-Range", file.contentRange());
      message.setHeader(Exchange.HTTP_RESPONSE_CODE, file.contentRange() == null ? 200 : 206);
      message.setBody(new Download(stream));
    } else if (message.getBody() instanceof HeadObjectResponse file) {
      head(message, file.contentType(), file.eTag(), file.lastModified(), file.contentLength());
      message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
      message.setBody(null);
    } else {
      // A condition was not met: the response is set already.
      return;
    }
    message.setHeader("Accept-Ranges", "bytes");
    message.setHeader(
        "Content-Disposition",
        "attachment; filename*=UTF-8''" + ReadFileKey.of(exchange).encodedName());
    message.setHeader("Content-Security-Policy", NOT_OURS);
  }

  private static void head(
      Message message, String type, String etag, Instant modified, Long length) {
    message.setHeader(Exchange.CONTENT_TYPE, type);
    message.setHeader("ETag", etag);
    if (modified != null) {
      message.setHeader("Last-Modified", HTTP_DATE.format(modified.atOffset(ZoneOffset.UTC)));
    }
    message.setHeader(Exchange.CONTENT_LENGTH, length);
  }

  /** Closed before its end, it aborts the connection instead of reading the rest. */
  private static final class Download extends FilterInputStream {
    private final ResponseInputStream<?> stream;
    private boolean ended;

    Download(ResponseInputStream<?> stream) {
      super(stream);
      this.stream = stream;
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      ended = one < 0;
      return one;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int read = super.read(to, offset, length);
      ended = read < 0;
      return read;
    }

    @Override
    public void close() throws IOException {
      if (ended) {
        super.close();
      } else {
        stream.abort();
      }
    }
  }
}
