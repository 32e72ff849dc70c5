package hub.inbox.idempotency;

import hub.config.Setting;
import hub.config.Settings;
import hub.db.StoreUnavailableException;
import org.apache.camel.builder.RouteBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes keys as old as deleted events, which can no longer be replayed. */
public final class IdempotencyExpiry extends RouteBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(IdempotencyExpiry.class);

  private final IdempotencyKeys keys;
  private final int days;

  public IdempotencyExpiry(IdempotencyKeys keys, Settings settings) {
    this.keys = keys;
    this.days = settings.count(Setting.RETENTION_DAYS);
  }

  @Override
  public void configure() {
    from("timer:idempotency-expire?period=1h&delay=1m&includeMetadata=false")
        .routeId("idempotency-expire")
        .description("Forgets what was done longer ago than events are kept.")
        .process(exchange -> expire());
  }

  private void expire() {
    try {
      int forgotten = keys.expire(days);
      if (forgotten > 0) {
        LOG.info("idempotency=expire forgotten={} olderThanDays={}", forgotten, days);
      }
    } catch (StoreUnavailableException e) {
      LOG.warn("idempotency=expire outcome=failed error={}", e.getMessage());
    }
  }
}
