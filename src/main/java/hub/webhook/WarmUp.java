package hub.webhook;

import hub.config.Setting;
import hub.config.Settings;
import hub.http.server.LocalServer;
import hub.inbox.camel.InboxComponent;
import hub.inbox.engine.Rehearsal;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.Signer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.RoutePolicySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives webhooks of its own while the hub starts, so that the JVM has compiled what receiving
 * needs when the hub is ready: through the server, a signature by a secret that is made for it, and
 * the route's steps, to an append that is rolled back. Its route lasts until the start is over, and
 * leaves no row, metric or line of the log. What hinders it, such as a store that is away, ends it.
 */
public final class WarmUp extends RouteBuilder {
  /** Whoever waits for the hub to be ready gives up after about a minute. */
  public static final int MOST_SECONDS = 60;

  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final String ID = "warm-up";
  private static final Schemes SCHEMES = new Schemes(SchemeFiles.shipped());

  private final Duration atMost;
  private final Clock clock;

  /** No sender knows it, and no source has it. */
  private final String source = ID + "-" + UUID.randomUUID();

  private final String path = "/api/webhooks/" + source;
  private final String secret = UUID.randomUUID().toString();
  private final SchemeTools tools;
  private final Signer signer;

  private volatile Rehearsal rehearsal;

  private WarmUp(Duration atMost, Clock clock) {
    this.atMost = atMost;
    this.clock = clock;
    this.tools = SchemeTools.of(clock);
    this.signer =
        new Signer(SCHEMES.named("stripe").orElseThrow(), secret, Optional.empty(), tools);
  }

  /**
   * Adds its route, unless {@code hub.warm-up-seconds} is 0. Routes are started one after another.
   */
  public static void install(CamelContext context, Settings settings, Clock clock)
      throws Exception {
    int seconds = settings.count(Setting.WARM_UP_SECONDS);
    if (seconds > 0) {
      context.addRoutes(new WarmUp(Duration.ofSeconds(seconds), clock));
      context.addLifecycleStrategy(new Removal());
    }
  }

  @Override
  public void configure() {
    MeterRegistry unseen = new SimpleMeterRegistry();
    WebhookMetrics metrics = new WebhookMetrics(() -> unseen, clock);
    RequestVerifier verifier =
        new RequestVerifier(
            new SourceSettings(
                source,
                "",
                signer.scheme(),
                List.of(secret),
                Optional.of(SCHEMES.of(SchemeOptions.of("stripe"), List.of(secret), clock)),
                tools,
                "",
                0),
            metrics);
    from("platform-http:" + path + "?httpMethodRestrict=POST&useBodyHandler=false")
        .routeId(ID)
        .routePolicy(new Driver())
        .process(verifier::verify)
        .process(inbox().rehearsing(source, () -> rehearsal))
        .process(new Acknowledge(metrics));
  }

  private InboxComponent inbox() {
    return getCamelContext().getComponent("inbox", InboxComponent.class);
  }

  private void run() {
    try (Rehearsal open = inbox().rehearsal()) {
      rehearsal = open;
      Optional<LocalServer> opened = LocalServer.open(getCamelContext(), path);
      if (opened.isPresent()) {
        try (LocalServer server = opened.get()) {
          int answered = new WarmUpLoad(server.port(), path, signer, clock).run(atMost);
          LOG.debug("warm-up: answered={}", answered);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.debug("warm-up: not possible", e);
    }
  }

  /** Holds the start up: the hub is not ready, and other paths are answered 503 meanwhile. */
  private final class Driver extends RoutePolicySupport {
    @Override
    public void onStart(Route route) {
      run();
    }
  }

  /** Takes the route and its metrics away once the context lets routes be removed. */
  private static final class Removal extends LifecycleStrategySupport {
    @Override
    public void onContextStarted(CamelContext context) {
      try {
        context.getRouteController().stopRoute(ID);
        context.removeRoute(ID);
      } catch (Exception e) {
        LOG.warn("the route {} cannot be removed: {}", ID, e.toString());
      }
      context.getRegistry().findByType(MeterRegistry.class).forEach(Removal::clean);
    }

    private static void clean(MeterRegistry registry) {
      registry.getMeters().stream()
          .filter(meter -> ID.equals(meter.getId().getTag("routeId")))
          .forEach(registry::remove);
    }
  }
}
