package hub.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.json.Json;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;

/** Answers a stored file: 201 with its key, address, ETag and size. Thread-safe. */
final class FileStored implements Processor {
  private final StorageSettings settings;

  FileStored(StorageSettings settings) {
    this.settings = settings;
  }

  @Override
  public void process(Exchange exchange) {
    Upload upload = Upload.of(exchange);
    Message message = exchange.getMessage();
    String etag =
        upload.etag().isEmpty()
            ? message.getHeader(AWS2S3Constants.E_TAG, String.class)
            : upload.etag();
    ObjectNode body =
        Json.object()
            .put("key", upload.key().text())
            .put("url", settings.urlOf(upload.key()))
            .put("etag", etag)
            .put("size", upload.size());
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, 201);
    message.setHeader(Exchange.CONTENT_TYPE, "application/json");
    message.setBody(Json.bytes(body));
  }
}
