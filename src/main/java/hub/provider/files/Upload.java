package hub.provider.files;

import hub.http.body.IncomingBody;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * The upload of one file; the variable {@code upload} of its exchange. Keeps one part in memory, so
 * that it can be sent again while the client waits.
 */
public final class Upload {
  /** The smallest part that S3 accepts; R2 wants all of one size. 10,000 of them are 48 GiB. */
  static final int PART_BYTES = 5 * 1024 * 1024;

  static final int MAX_PARTS = 10_000;

  private static final String VARIABLE = "upload";

  private final FileKey key;
  private final String contentType;
  private final IncomingBody body;
  private final List<CompletedPart> sent = new ArrayList<>();
  private byte[] part = {};
  private boolean ended;
  private long size;
  private String uploadId = "";
  private String etag = "";

  Upload(FileKey key, String contentType, IncomingBody body) {
    this.key = key;
    this.contentType = contentType;
    this.body = body;
  }

  static Upload of(Exchange exchange) {
    return exchange.getVariable(VARIABLE, Upload.class);
  }

  void attachTo(Exchange exchange) {
    exchange.setVariable(VARIABLE, this);
  }

  /** Notes the next part; a part that is not full is the last one. */
  void received(byte[] bytes) {
    part = bytes;
    size += bytes.length;
    ended = bytes.length < PART_BYTES;
  }

  /** Whether the current part is the whole file. */
  public boolean isWhole() {
    return ended && sent.isEmpty() && uploadId.isEmpty();
  }

  /** Whether there is something to send. */
  public boolean isUnsent() {
    return part.length > 0;
  }

  void created(String id) {
    uploadId = id;
  }

  void sent(CompletedPart number) {
    sent.add(number);
    part = new byte[0];
  }

  void stored(String tag) {
    etag = tag;
    part = new byte[0];
  }

  public String getContentType() {
    return contentType;
  }

  FileKey key() {
    return key;
  }

  IncomingBody body() {
    return body;
  }

  List<CompletedPart> parts() {
    return List.copyOf(sent);
  }

  byte[] part() {
    return part;
  }

  boolean ended() {
    return ended;
  }

  long size() {
    return size;
  }

  String uploadId() {
    return uploadId;
  }

  String etag() {
    return etag;
  }
}
