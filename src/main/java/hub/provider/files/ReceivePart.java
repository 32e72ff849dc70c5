package hub.provider.files;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/** Takes the next part of the body without holding a thread. Thread-safe. */
final class ReceivePart extends AsyncProcessorSupport {
  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Upload upload = Upload.of(exchange);
    if (upload.ended()) {
      callback.done(true);
      return true;
    }
    CompletableFuture<byte[]> next = upload.next();
    boolean isThere = next.isDone();
    CompletableFuture<byte[]> unused =
        next.whenComplete(
            (bytes, error) -> {
              if (error == null) {
                take(exchange, upload, bytes);
              } else {
                exchange.setException(
                    error instanceof CompletionException wrapped ? wrapped.getCause() : error);
              }
              callback.done(isThere);
            });
    return isThere;
  }

  private static void take(Exchange exchange, Upload upload, byte[] bytes) {
    if (bytes.length > 0 && upload.parts().size() == Upload.MAX_PARTS) {
      exchange.setException(
          new ProblemException(
              Problem.of(
                  413,
                  "payload-too-large",
                  "A file may have "
                      + (long) Upload.MAX_PARTS * Upload.PART_BYTES
                      + " bytes here; use POST /api/files/upload-url for larger ones.")));
    } else {
      upload.received(bytes);
      exchange.getMessage().setBody(bytes);
    }
  }
}
