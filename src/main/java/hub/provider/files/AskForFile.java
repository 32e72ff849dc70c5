package hub.provider.files;

import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/**
 * Turns a request for a file into S3's, with its range and its conditions. Without {@code
 * If-Range}, which S3 does not know: then the whole file is the right answer. Thread-safe.
 */
final class AskForFile implements Processor {
  private final FilesSettings settings;

  AskForFile(FilesSettings settings) {
    this.settings = settings;
  }

  @Override
  public void process(Exchange exchange) {
    FileKey key = NameFile.note(exchange);
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
    // A file is read while it is sent on; Camel would keep it whole for a second reading.
    exchange.getExchangeExtension().setStreamCacheDisabled(true);
    message.setBody(request.build());
  }

  /** A header that came twice means nothing. */
  private static String header(Message message, String name) {
    return message.getHeader(name) instanceof String text && !text.isBlank() ? text.strip() : null;
  }

  private static void modifiedSince(GetObjectRequest.Builder request, String date) {
    try {
      request.ifModifiedSince(
          ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      // What is no date is to be ignored, says RFC 9110.
    }
  }
}
