package hub.call.policy;

import hub.config.Settings;
import hub.http.HeaderNames;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.inbox.engine.Lease;
import hub.inbox.engine.LeaseExpiredException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Begins an attempt at a call: refuses what cannot work (no credentials, an open breaker), waits
 * for its turn without holding a thread, and goes on in a thread for calls. Made by the Kamelet
 * {@code provider-call-action}, whose parameters it takes. Thread-safe once started.
 */
public final class BeginAttempt extends AsyncProcessorSupport implements CamelContextAware {
  private CamelContext context;
  private String providerName;
  private String operation;
  private List<String> needs = List.of();
  private String auth = "none";
  private String secret = "";
  private Optional<Integer> maxRetries = Optional.empty();
  private Optional<Integer> timeoutSeconds = Optional.empty();
  private int ratePerSecond;
  private Providers providers;
  private Provider provider;
  private CallLimits limits;

  @Override
  protected void doInit() {
    if (providerName.isBlank()) {
      throw new IllegalArgumentException("'provider' is missing: name whom the call goes to");
    }
    providers = context.getRegistry().lookupByNameAndType("providers", Providers.class);
    provider = providers.of(providerName);
    providers.expect(providerName, operation);
    if (Credentials.of(auth).isSecret()) {
      if (secret.isBlank()) {
        throw new IllegalArgumentException(
            "auth: "
                + auth
                + " needs 'secret', the name of the property or variable that holds it");
      }
      needs = Stream.concat(needs.stream(), Stream.of(secret)).distinct().toList();
    }
    provider.needs().addAll(needs);
    if (ratePerSecond > 0) {
      provider.turns().atMost(ratePerSecond);
    }
    CallLimits usual = CallLimits.of(providers.settings());
    Duration total = timeoutSeconds.map(Duration::ofSeconds).orElse(usual.total());
    limits =
        new CallLimits(
            usual.attempt().compareTo(total) < 0 ? usual.attempt() : total,
            total,
            maxRetries.orElse(usual.retries()));
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Lease lease = Lease.of(exchange).orElse(null);
    if (lease == null || lease.holds()) {
      boolean over = enter(exchange, callback);
      if (over) {
        callback.done(true);
      }
      return over;
    }
    // Asking the store may take as long as it is away: not on a thread of others, nor in a turn.
    providers
        .threads()
        .execute(
            () -> {
              try {
                lease.require();
              } catch (LeaseExpiredException e) {
                exchange.setException(e);
                callback.done(false);
                return;
              }
              if (enter(exchange, callback)) {
                callback.done(false);
              }
            });
    return false;
  }

  /** Answers true when it is over at once, without calling back. */
  private boolean enter(Exchange exchange, AsyncCallback callback) {
    try {
      requireSettings();
      Call call = Call.of(exchange).filter(known -> known.isToGoOn(this)).orElse(null);
      if (call == null) {
        call = new Call(this, provider, operation, limits, keyFor(exchange));
        call.attachTo(exchange);
      }
      call.beginAttempt();
      exchange.getMessage().removeHeader(Exchange.REDELIVERY_DELAY);
      exchange.getMessage().setHeader(HeaderNames.IDEMPOTENCY_KEY, call.idempotencyKey());
      refuseWhileOpen();
      awaitTurn(call, exchange, callback);
      return false;
    } catch (RuntimeException e) {
      exchange.setException(e);
      return true;
    }
  }

  private void requireSettings() {
    List<String> missing =
        needs.stream().filter(name -> providers.settings().named(name).isEmpty()).toList();
    if (!missing.isEmpty()) {
      throw new ProblemException(
          Problem.of(
              503,
              "not-configured",
              providerName
                  + " is not configured: set "
                  + String.join(", ", missing)
                  + Settings.WHEN_SET_COUNTS));
    }
  }

  private void refuseWhileOpen() {
    Optional<Duration> closedFor = provider.openFor();
    if (closedFor.isPresent()) {
      throw new CallFailedException(
          providerName,
          new CallFailure(
              CallOutcome.NOT_PERMITTED,
              0,
              "",
              "it failed too often, and is asked again when its circuit breaker lets calls through",
              closedFor),
          null);
    }
  }

  private void awaitTurn(Call call, Exchange exchange, AsyncCallback callback) {
    provider
        .turns()
        .ask(
            call.deadline(),
            new CallLimiter.Waiter() {
              @Override
              public void go() {
                call.gotTurn();
                providers
                    .threads()
                    .execute(
                        () -> {
                          try {
                            Lease.require(exchange);
                          } catch (LeaseExpiredException e) {
                            exchange.setException(e);
                          }
                          callback.done(false);
                        });
              }

              @Override
              public void refused(CallFailure callFailure) {
                exchange.setException(new CallFailedException(providerName, callFailure, null));
                providers.threads().execute(() -> callback.done(false));
              }
            });
  }

  private String keyFor(Exchange exchange) {
    return CallKeys.inHandler(exchange, operation)
        .orElseGet(() -> CallKeys.inRequest(exchange, operation));
  }

  @Override
  public CamelContext getCamelContext() {
    return context;
  }

  @Override
  public void setCamelContext(CamelContext camelContext) {
    this.context = camelContext;
  }

  /** Whom the call goes to: shares breaker, turns and figures with others of the name. */
  public void setProvider(String provider) {
    this.providerName = provider;
  }

  /** What is asked for, in logs, metrics and idempotency keys; {@code create-customer}. */
  public void setOperation(String operation) {
    this.operation = operation;
  }

  /** Names of the properties or variables that must be set, comma-separated. */
  public void setNeeds(String names) {
    this.needs =
        Arrays.stream(names.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  /** How the call shows who it is; {@code none} when its steps see to that. */
  public void setAuth(String auth) {
    this.auth = auth;
  }

  /** Name of the property or variable with the secret, which {@code auth} then needs. */
  public void setSecret(String secret) {
    this.secret = secret.strip();
  }

  /** From 0; empty: {@code hub.call.retries}. */
  public void setMaxRetries(String number) {
    this.maxRetries = number(number);
  }

  /** Of the whole call, from 1; empty: {@code hub.call.total-seconds}. */
  public void setTimeoutSeconds(String number) {
    this.timeoutSeconds = number(number);
  }

  /** Calls a second to this provider, at most; empty or 0: as many as it takes. */
  public void setRatePerSecond(String number) {
    this.ratePerSecond = number(number).orElse(0);
  }

  private static Optional<Integer> number(String text) {
    return text.isBlank() ? Optional.empty() : Optional.of(Integer.valueOf(text.strip()));
  }
}
