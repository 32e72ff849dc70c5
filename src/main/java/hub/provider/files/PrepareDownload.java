package hub.provider.files;

import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/**
 * Turns a request for a file into a request to S3, with its range and its conditions. S3 does not
 * support {@code If-Range}; with that header the whole file is requested, which HTTP allows.
 * Thread-safe.
 */
final class PrepareDownload implements Processor {
  private final FilesSettings settings;

  PrepareDownload(FilesSettings settings) {
    this.settings = settings;
  }

  @Override
  public void process(Exchange exchange) {
    FileKey key = ReadFileKey.setVariable(exchange);
    settings.require();
    Message message = exchange.getMessage();
    GetObjectRequest.Builder request =
        GetObjectRequest.builder().bucket(settings.bucket()).key(key.text());
    String range = header(message, "Range");
    if (range != null && header(message, "If-Range") == null) {
      request.range(range);
    }
    request.ifMatch(header(message, "If-Match")).ifNoneMatch(header(message, "If-None-Match"));
    String since = header(message, "If-Modified-Since");
    if (since != null) {
      modifiedSince(request, since);
    }
    // The file is streamed; Camel's stream cache would keep the whole of it.
    exchange.getExchangeExtension().setStreamCacheDisabled(true);
    message.setBody(request.build());
  }

  /** The value of a header; null when it is absent, blank or given twice. */
  private static String header(Message message, String name) {
    return message.getHeader(name) instanceof String text && !text.isBlank() ? text.strip() : null;
  }

  private static void modifiedSince(GetObjectRequest.Builder request, String date) {
    try {
      request.ifModifiedSince(
          ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      // RFC 9110: ignore an invalid date.
    }
  }
}
