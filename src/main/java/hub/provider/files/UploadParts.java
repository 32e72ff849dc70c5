package hub.provider.files;

import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import java.io.ByteArrayInputStream;
import org.apache.camel.Processor;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * The steps of a multipart upload. Each is one request and may be repeated. {@code aws2-s3:} itself
 * needs the whole body in advance. Thread-safe.
 */
final class UploadParts {
  private static final String MIME_TYPE = "application/octet-stream";

  private final FilesSettings settings;
  private final S3Client calls;
  private final S3Client uploads;

  UploadParts(FilesSettings settings, S3Client calls, S3Client uploads) {
    this.settings = settings;
    this.calls = calls;
    this.uploads = uploads;
  }

  Processor create() {
    return exchange -> {
      Upload upload = Upload.of(exchange);
      upload.created(
          requireValue(
              calls
                  .createMultipartUpload(
                      request ->
                          request
                              .bucket(settings.bucket())
                              .key(upload.key().text())
                              .contentType(upload.getContentType()))
                  .uploadId()));
    };
  }

  Processor send() {
    return exchange -> {
      Upload upload = Upload.of(exchange);
      byte[] part = upload.part();
      int number = upload.parts().size() + 1;
      String etag =
          uploads
              .uploadPart(
                  request ->
                      request
                          .bucket(settings.bucket())
                          .key(upload.key().text())
                          .uploadId(upload.uploadId())
                          .partNumber(number)
                          .contentLength((long) part.length),
                  RequestBody.fromContentProvider(
                      () -> new ByteArrayInputStream(part), part.length, MIME_TYPE))
              .eTag();
      upload.sent(CompletedPart.builder().partNumber(number).eTag(requireValue(etag)).build());
      exchange.getMessage().setBody(null);
    };
  }

  Processor complete() {
    return exchange -> {
      Upload upload = Upload.of(exchange);
      upload.stored(
          requireValue(
              calls
                  .completeMultipartUpload(
                      request ->
                          request
                              .bucket(settings.bucket())
                              .key(upload.key().text())
                              .uploadId(upload.uploadId())
                              .multipartUpload(parts -> parts.parts(upload.parts())))
                  .eTag()));
    };
  }

  /** Ends an upload that {@code aws2-s3:} sent in one request. */
  Processor whole() {
    return exchange ->
        Upload.of(exchange)
            .stored(
                requireValue(exchange.getMessage().getHeader(AWS2S3Constants.E_TAG, String.class)));
  }

  /** Rejects a 200 without the expected value, such as a proxy's HTML page: nothing was stored. */
  private static String requireValue(String value) {
    if (value == null || value.isBlank()) {
      throw new CallFailedException(
          "s3", CallFailure.of(CallOutcome.FAILED, "its answer is not one of S3's"), null);
    }
    return value;
  }
}
