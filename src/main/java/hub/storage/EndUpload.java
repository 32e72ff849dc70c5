package hub.storage;

import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * When a request that stores a file is over: its slot is free, and parts in the bucket are removed
 * if it failed, whatever failed it. In an exchange of its own, because nothing may block here.
 */
final class EndUpload extends SynchronizationAdapter {
  private static final String ABORT = "direct:storage-abort-upload";

  private final Upload upload;
  private final UploadSlots slots;

  EndUpload(Upload upload, UploadSlots slots) {
    this.upload = upload;
    this.slots = slots;
  }

  @Override
  public void onDone(Exchange done) {
    slots.giveBack();
    if (done.isFailed() && !upload.uploadId().isEmpty()) {
      abort(done);
    }
  }

  private void abort(Exchange failed) {
    Exchange abort = new DefaultExchange(failed.getContext(), ExchangePattern.InOnly);
    upload.attachTo(abort);
    ProducerTemplate template = failed.getContext().createProducerTemplate();
    template.asyncSend(ABORT, abort).whenComplete((done, error) -> template.stop());
  }
}
