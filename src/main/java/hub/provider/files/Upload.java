package hub.provider.files;

import hub.http.body.IncomingBody;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * The upload of one file; the variable {@code upload} of its exchange. Keeps two parts in memory:
 * one that is sent, and may be sent again while the client waits, and the next, which arrives
 * meanwhile.
 */
public final class Upload {
  /** The smallest part that S3 accepts; R2 wants all of one size. 10,000 of them are 48 GiB. */
  static final int PART_BYTES = 5 * 1024 * 1024;

  static final int MAX_PARTS = 10_000;

  /** What an upload takes of memory at most. */
  static final int MEMORY_BYTES = 2 * PART_BYTES;

  private static final String VARIABLE = "upload";

  private final FileKey key;
  private final String contentType;
  private final IncomingBody body;
  private final List<CompletedPart> sent = new ArrayList<>();
  private byte[] part = {};
  private CompletableFuture<byte[]> ahead;
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

  /** The next part, as it arrives. */
  CompletableFuture<byte[]> next() {
    CompletableFuture<byte[]> next = ahead == null ? read() : ahead;
    ahead = null;
    return next;
  }

  /**
   * Notes the next part and begins to read the one after it; a part that is not full is the last
   * one.
   */
  void received(byte[] bytes) {
    part = bytes;
    size += bytes.length;
    ended = bytes.length < PART_BYTES;
    if (!ended) {
      ahead = read();
    }
  }

  private CompletableFuture<byte[]> read() {
    return body.next(PART_BYTES).toCompletableFuture();
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
