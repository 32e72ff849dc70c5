package hub.provider.files;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Aborts the multipart upload that the body names, which removes its parts. An upload that was
 * aborted or completed already is not a failure. Thread-safe.
 */
final class AbortUpload implements Processor {
  private static final String GONE = "NoSuchUpload";

  private final S3Client calls;

  AbortUpload(S3Client calls) {
    this.calls = calls;
  }

  /** The event's payload that names an upload, also after a restart and a change of settings. */
  static byte[] body(String bucket, Upload upload) {
    return Json.bytes(
        Json.object()
            .put("bucket", bucket)
            .put("key", upload.key().text())
            .put("uploadId", upload.uploadId()));
  }

  @Override
  public void process(Exchange exchange) {
    JsonNode named = Json.own(exchange.getMessage().getBody(String.class));
    try {
      calls.abortMultipartUpload(
          request ->
              request
                  .bucket(named.path("bucket").asText())
                  .key(named.path("key").asText())
                  .uploadId(named.path("uploadId").asText()));
    } catch (S3Exception e) {
      if (e.awsErrorDetails() == null || !GONE.equals(e.awsErrorDetails().errorCode())) {
        throw e;
      }
    }
  }
}
