package hub.inbox.camel;

import java.sql.SQLException;
import org.apache.camel.builder.RouteBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes old events every hour. */
public final class RetentionRoute extends RouteBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionRoute.class);

  /** Not right at the start, when the hub may have a backlog. */
  private static final long FIRST_MILLIS = 60_000;

  private static final long EVERY_MILLIS = 3_600_000;

  @Override
  public void configure() {
    from("timer:inbox-retention?delay=" + FIRST_MILLIS + "&period=" + EVERY_MILLIS)
        .routeId("inbox-retention")
        .routeDescription("Deletes events that were finished more than the retention time ago.")
        .process(exchange -> deleteOld());
  }

  private void deleteOld() {
    try {
      InboxComponent inbox = getContext().getComponent("inbox", InboxComponent.class);
      long deleted = inbox.retention(inbox.clock()).deleteOld();
      if (deleted > 0) {
        LOG.info("inbox=retention deleted={}", deleted);
      }
    } catch (SQLException | RuntimeException e) {
      LOG.warn("inbox=retention outcome=failed, again in an hour: {}", e.toString());
    }
  }
}
