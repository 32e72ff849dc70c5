package hub.identity.token;

import hub.http.problem.ProblemException;
import hub.inbox.PermanentFailure;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Revokes tokens at their providers, and queues those whose provider is away. Thread-safe. */
final class TokenRevoker {
  private static final Logger LOG = LoggerFactory.getLogger(TokenRevoker.class);

  private final Supplier<TokenEndpoint> endpoint;
  private final RevocationQueue revocations;

  TokenRevoker(Supplier<TokenEndpoint> endpoint, RevocationQueue revocations) {
    this.endpoint = endpoint;
    this.revocations = revocations;
  }

  /** Revokes a token now, or later if the provider is away. Never fails. */
  void revoke(TokenOwner owner, String token) {
    try {
      endpoint.get().revoke(owner.provider(), token);
    } catch (RuntimeException e) {
      if (isPermanent(e) || !isQueued(owner, token)) {
        LOG.warn("token={} outcome=not-revoked error={}", owner, e.getMessage());
      } else {
        LOG.info("token={} outcome=revoked-later error={}", owner, e.getMessage());
      }
    }
  }

  /** Whether a retry cannot succeed: the provider refused, or is unknown. */
  private static boolean isPermanent(RuntimeException e) {
    return (e instanceof PermanentFailure permanentFailure && permanentFailure.isPermanent())
        || (e instanceof ProblemException known && known.problem().status() == 404);
  }

  private boolean isQueued(TokenOwner owner, String token) {
    try {
      revocations.add(owner, token);
      return true;
    } catch (RuntimeException e) {
      LOG.warn("token={} outcome=not-kept error={}", owner, e.toString());
      return false;
    }
  }
}
