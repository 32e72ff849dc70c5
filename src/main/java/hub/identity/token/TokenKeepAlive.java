package hub.identity.token;

import hub.db.StoreUnavailableException;
import hub.http.problem.ProblemException;
import hub.inbox.InboxVariables;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.camel.builder.RouteBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refreshes people's tokens that nobody has used for long, before the provider forgets them, and
 * appends the events of those that died. Every node looks; the lease of a refresh lets one of them
 * ask.
 */
final class TokenKeepAlive extends RouteBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(TokenKeepAlive.class);

  /** The rest is left for an outage of the provider or of the hub. */
  private static final int USED_TENTHS = 9;

  /** In one run for one provider. */
  private static final int MAX_TOKENS = 500;

  private final TokenVault vault;
  private final TokenTable table;
  private final Supplier<Optional<TokenEndpoint>> endpoint;
  private final Clock clock;

  TokenKeepAlive(
      TokenVault vault, TokenTable table, Supplier<Optional<TokenEndpoint>> endpoint, Clock clock) {
    this.vault = vault;
    this.table = table;
    this.endpoint = endpoint;
    this.clock = clock;
  }

  @Override
  public void configure() {
    from("timer:token-keep-alive?period=1h&delay=2m&includeMetadata=false")
        .routeId("token-keep-alive")
        .routeDescription("Refreshes people's tokens before their provider forgets them.")
        .process(exchange -> run());
    from(InboxTokenDeaths.ADDRESS)
        .routeId("token-died")
        .routeDescription("Appends an event for a person's token that the provider has refused.")
        .to("inbox:" + InboxVariables.HUB_SOURCE)
        .id("append-token-died");
  }

  /** Refreshes what is due now. */
  void run() {
    Map<String, Duration> times = endpoint.get().map(TokenEndpoint::refreshWithin).orElse(Map.of());
    times.forEach(
        (provider, within) -> {
          try {
            refresh(provider, within.multipliedBy(USED_TENTHS).dividedBy(10));
          } catch (StoreUnavailableException e) {
            LOG.warn("token=keep-alive outcome=failed error={}", e.getMessage());
          }
        });
  }

  private void refresh(String provider, Duration unused) {
    for (TokenOwner owner :
        table.unusedSince(provider, clock.instant().minus(unused), MAX_TOKENS)) {
      try {
        vault.renewed(owner).join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof ProblemException known
            && !(known instanceof NoTokenException)) {
          // The provider does not serve: the next run tries again.
          LOG.warn(
              "token=keep-alive provider={} outcome=stopped error={}",
              provider,
              known.getMessage());
          return;
        }
        // The person has to log in; the refresh has told so.
        LOG.debug("token={} outcome=not-kept-alive", owner, e);
      }
    }
  }
}
