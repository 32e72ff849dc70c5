package hub.identity.login;

import hub.db.StoreUnavailableException;
import hub.identity.session.Sessions;
import org.apache.camel.builder.RouteBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes expired sessions and unfinished logins. */
final class LoginExpiry extends RouteBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(LoginExpiry.class);

  private final Sessions sessions;
  private final LoginAttempts attempts;

  LoginExpiry(Sessions sessions, LoginAttempts attempts) {
    this.sessions = sessions;
    this.attempts = attempts;
  }

  @Override
  public void configure() {
    from("timer:login-expire?period=10m&delay=1m&includeMetadata=false")
        .routeId("login-expire")
        .routeDescription("Deletes expired sessions and unfinished logins.")
        .process(exchange -> expire());
  }

  private void expire() {
    try {
      int ended = sessions.expire();
      int begun = attempts.expire();
      if (ended + begun > 0) {
        LOG.info("login=expire sessions={} unfinished={}", ended, begun);
      }
    } catch (StoreUnavailableException e) {
      LOG.warn("login=expire outcome=failed error={}", e.getMessage());
    }
  }
}
