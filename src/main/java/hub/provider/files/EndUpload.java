package hub.provider.files;

import hub.inbox.InboxVariables;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs when a request that stores a file ends: frees its slot, and if it failed, has its parts
 * removed from the bucket. The removal is an event of the inbox, so that it happens even if the
 * bucket is unreachable now or the hub restarts. It runs in an exchange of its own, because nothing
 * may block here.
 */
final class EndUpload extends SynchronizationAdapter {
  private static final Logger LOG = LoggerFactory.getLogger("hub.storage");

  private static final String ABORT_ROUTE = "direct:storage-forget-upload";
  private static final String TYPE = "storage.abort-upload";

  private final Upload upload;
  private final UploadSlots slots;
  private final String bucket;

  /**
   * @param bucket the bucket of the upload
   */
  EndUpload(Upload upload, UploadSlots slots, String bucket) {
    this.upload = upload;
    this.slots = slots;
    this.bucket = bucket;
  }

  @Override
  public void onDone(Exchange done) {
    slots.release();
    if (done.isFailed() && !upload.uploadId().isEmpty()) {
      abort(done.getContext());
    }
  }

  private void abort(CamelContext context) {
    ProducerTemplate template = context.createProducerTemplate();
    CompletableFuture<Exchange> unused =
        template
            .asyncSend(ABORT_ROUTE, request(context))
            .whenComplete(
                (ended, error) -> {
                  template.stop();
                  if (error != null || ended.isFailed()) {
                    warn(error != null ? error : ended.getException());
                  }
                });
  }

  private void warn(Throwable cause) {
    LOG.warn(
        "upload={} bucket={} key={} outcome=left: its parts are still in the bucket;"
            + " a lifecycle rule that aborts incomplete uploads removes them",
        upload.uploadId(),
        bucket,
        upload.key().text(),
        cause);
  }

  private Exchange request(CamelContext context) {
    Exchange abort = new DefaultExchange(context, ExchangePattern.InOnly);
    abort.setVariable(InboxVariables.EVENT_ID, upload.uploadId());
    abort.setVariable(InboxVariables.TYPE, TYPE);
    abort.getMessage().setBody(AbortUpload.body(bucket, upload));
    return abort;
  }
}
