package hub.provider.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Answers 201 with the key, address, ETag and size of a stored file. Thread-safe. */
final class FileStored implements Processor {
  private final FilesSettings settings;

  FileStored(FilesSettings settings) {
    this.settings = settings;
  }

  @Override
  public void process(Exchange exchange) {
    Upload upload = Upload.of(exchange);
    Message message = exchange.getMessage();
    ObjectNode body =
        Json.object()
            .put("key", upload.key().text())
            .put("url", settings.urlOf(upload.key()))
            .put("etag", upload.etag())
            .put("size", upload.size());
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, 201);
    message.setHeader(Exchange.CONTENT_TYPE, "application/json");
    message.setBody(Json.bytes(body));
  }
}
