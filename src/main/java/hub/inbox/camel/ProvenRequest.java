package hub.inbox.camel;

import hub.inbox.InboxVariables;
import hub.inbox.ProvenEvent;
import hub.inbox.db.ReplayKey;
import hub.util.step.StepPath;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * What the verifier of a webhook has left in the exchange for the first append of its route to the
 * webhook's own source: several events in place of the body, and a token that is good once. Nothing
 * of it is for other sources, for what a split makes of the request, or for later appends.
 */
final class ProvenRequest {
  private ProvenRequest() {}

  /** Whether the source's sender has signed the request of the exchange. */
  static boolean isOf(Exchange exchange, String source) {
    return source.equals(exchange.getProperty(InboxVariables.PROVEN_SOURCE, String.class));
  }

  /**
   * The request's events, where its body holds several and none of them is stored yet.
   *
   * @param exchange of a request that {@link #isOf} the append's source
   */
  @SuppressWarnings("unchecked")
  static Optional<List<ProvenEvent>> events(Exchange exchange) {
    Object events = exchange.getProperty(InboxVariables.PROVEN_EVENTS);
    return events == null
            || exchange.getProperty(InboxVariables.RECEIPTS) != null
            || isInTurn(exchange)
        ? Optional.empty()
        : Optional.of((List<ProvenEvent>) events);
  }

  /**
   * The request's token, unless it is spent.
   *
   * @param exchange of a request that {@link #isOf} the append's source
   * @throws IllegalStateException in a split or loop, whose events are stored one by one: the first
   *     would spend the token
   */
  static Optional<ReplayKey> replayKey(Exchange exchange, String source) {
    String token = exchange.getProperty(InboxVariables.REPLAY_KEY, String.class);
    if (token == null) {
      return Optional.empty();
    }
    if (isInTurn(exchange)) {
      throw new IllegalStateException(
          "inbox:"
              + source
              + ": the request's token is good once, and this step runs in a split or loop; store the"
              + " request before it, or let the parameter each of the webhook's source split it");
    }
    return Optional.of(ReplayKey.of(source, token));
  }

  /** Lets later appends of the route, which store what is not the request itself, need no token. */
  static void spent(Exchange exchange) {
    exchange.removeProperty(InboxVariables.REPLAY_KEY);
  }

  private static boolean isInTurn(Exchange exchange) {
    return !StepPath.of(exchange).turns().isEmpty();
  }
}
