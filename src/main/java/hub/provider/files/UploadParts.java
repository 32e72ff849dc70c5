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
 * The steps of a multipart upload, which {@code aws2-s3:} can only do for a body that it has whole.
 * Each is one request and may be repeated. Thread-safe.
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
          given(
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
      upload.sent(CompletedPart.builder().partNumber(number).eTag(given(etag)).build());
      exchange.getMessage().setBody(null);
    };
  }

  Processor complete() {
    return exchange -> {
      Upload upload = Upload.of(exchange);
      upload.stored(
          given(
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

  /** For the end of a file that went in one request, through {@code aws2-s3:}. */
  Processor whole() {
    return exchange ->
        Upload.of(exchange)
            .stored(given(exchange.getMessage().getHeader(AWS2S3Constants.E_TAG, String.class)));
  }

  /** Whoever answers a page of HTML with 200 has stored nothing. */
  private static String given(String value) {
    if (value == null || value.isBlank()) {
      throw new CallFailedException(
          "s3", CallFailure.of(CallOutcome.FAILED, "its answer is not one of S3's"), null);
    }
    return value;
  }
}
