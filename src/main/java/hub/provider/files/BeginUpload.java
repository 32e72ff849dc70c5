package hub.provider.files;

import hub.http.body.IncomingBody;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Begins an upload: rejects a request that cannot be stored before its body is read, and waits for
 * a slot, which it keeps until the exchange ends. Thread-safe.
 */
final class BeginUpload extends AsyncProcessorSupport {
  private static final String DEFAULT_TYPE = "application/octet-stream";
  private static final int MAX_TYPE_LENGTH = 255;

  private final FilesSettings settings;
  private final UploadSlots slots;

  BeginUpload(FilesSettings settings, UploadSlots slots) {
    this.settings = settings;
    this.slots = slots;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    try {
      FileKey key = ReadFileKey.setVariable(exchange);
      String type = contentType(exchange);
      settings.require();
      IncomingBody body = exchange.getMessage().getBody(IncomingBody.class);
      Upload upload = new Upload(key, type, body);
      upload.attachTo(exchange);
      slots.acquire(
          () -> {
            exchange
                .getExchangeExtension()
                .addOnCompletion(new EndUpload(upload, slots, settings.bucket()));
            callback.done(false);
          });
      return false;
    } catch (RuntimeException e) {
      exchange.setException(e);
      callback.done(true);
      return true;
    }
  }

  private static String contentType(Exchange exchange) {
    String type = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class);
    if (type == null || type.isBlank()) {
      return DEFAULT_TYPE;
    }
    if (type.length() > MAX_TYPE_LENGTH || !type.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new ProblemException(
          Problem.of(400, "payload-invalid", "The header Content-Type cannot be stored."));
    }
    return type.strip();
  }
}
