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
 * Begins an attempt at a call: rejects it at once without credentials or with an open circuit
 * breaker, else waits for a permit without holding a thread, and continues in a thread for calls.
 * The Kamelet {@code provider-call-action} makes it and sets its parameters. Thread-safe once
 * started.
 */
public final class BeginAttempt extends AsyncProcessorSupport implements CamelContextAware {
  private CamelContext context;
  private String providerName;
  private String operation;
  private List<String> needs = List.of();
  private String baseUrlSecret = "";
  private Optional<String> url = Optional.empty();
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
    nameByAddress();
    if (providerName.isBlank()) {
      throw new IllegalArgumentException("'provider' is missing: name the provider that is called");
    }
    providers = context.getRegistry().lookupByNameAndType(Providers.BEAN, Providers.class);
    provider = providers.of(providerName);
    providers.registerTimer(providerName, operation);
    if (Credentials.of(auth).isSecret()) {
      if (secret.isBlank()) {
        throw new IllegalArgumentException(
            "auth: "
                + auth
                + " needs 'secret', the name of the property or variable that holds it");
      }
      needs = Stream.concat(needs.stream(), Stream.of(secret)).distinct().toList();
    }
    if (!baseUrlSecret.isEmpty()) {
      needs = Stream.concat(needs.stream(), Stream.of(baseUrlSecret)).distinct().toList();
    }
    provider.needs().addAll(needs);
    if (ratePerSecond > 0) {
      provider.callLimiter().atMost(ratePerSecond);
    }
    CallLimits usual = CallLimits.of(providers.settings());
    Duration total = timeoutSeconds.map(Duration::ofSeconds).orElse(usual.total());
    limits =
        new CallLimits(
            usual.attempt().compareTo(total) < 0 ? usual.attempt() : total,
            total,
            maxRetries.orElse(usual.retries()));
  }

  private void nameByAddress() {
    if (!providerName.isBlank() || url.isEmpty()) {
      return;
    }
    if (url.get().isEmpty() && baseUrlSecret.isEmpty()) {
      throw new IllegalArgumentException(
          "'url' is missing: write the address of the receiver, or in 'urlSecret' the name of the"
              + " variable that holds it");
    }
    Providers all = context.getRegistry().lookupByNameAndType(Providers.BEAN, Providers.class);
    providerName = Providers.nameOf(all, "", url.get(), baseUrlSecret);
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Lease lease = Lease.of(exchange).orElse(null);
    if (lease == null || lease.holds()) {
      boolean over = begin(exchange, callback);
      if (over) {
        callback.done(true);
      }
      return over;
    }
    // The store may be slow or away: ask it neither on a shared thread nor while holding a permit.
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
              if (begin(exchange, callback)) {
                callback.done(false);
              }
            });
    return false;
  }

  /** Returns true when the attempt failed at once; then the callback is not called. */
  private boolean begin(Exchange exchange, AsyncCallback callback) {
    try {
      requireSettings();
      Call call = Call.of(exchange).filter(known -> known.isResumedBy(this)).orElse(null);
      if (call == null) {
        call = new Call(this, provider, operation, limits, keyFor(exchange));
        call.attachTo(exchange);
      }
      call.beginAttempt();
      exchange.getMessage().removeHeader(Exchange.REDELIVERY_DELAY);
      exchange.getMessage().setHeader(HeaderNames.IDEMPOTENCY_KEY, call.idempotencyKey());
      rejectWhileOpen();
      acquirePermit(call, exchange, callback);
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
                  + Settings.TAKES_EFFECT));
    }
  }

  private void rejectWhileOpen() {
    Optional<Duration> openFor = provider.openFor();
    if (openFor.isPresent()) {
      throw provider.notPermitted(openFor.get());
    }
  }

  private void acquirePermit(Call call, Exchange exchange, AsyncCallback callback) {
    provider
        .callLimiter()
        .acquire(
            call.deadline(),
            new CallLimiter.Waiter() {
              @Override
              public void acquired() {
                call.permitAcquired();
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
              public void rejected(CallFailure callFailure) {
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

  /**
   * The provider that is called. All steps with this name share its circuit breaker, limits and
   * statistics.
   */
  public void setProvider(String provider) {
    this.providerName = provider;
  }

  /**
   * The operation's name in logs, metrics and idempotency keys, such as {@code create-customer}.
   */
  public void setOperation(String operation) {
    this.operation = operation;
  }

  /** Names of the properties or variables that must be set, comma-separated. */
  public void setNeeds(String names) {
    this.needs =
        Arrays.stream(names.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  /** Name of the property or variable with the address of the call, if that is a secret. */
  public void setBaseUrlSecret(String name) {
    this.baseUrlSecret = name.strip();
  }

  /** The address of the call, by whose host the provider is named where it has no other name. */
  public void setUrl(String address) {
    this.url = Optional.of(address.strip());
  }

  /** How the call authenticates; {@code none} when its steps do it. */
  public void setAuth(String auth) {
    this.auth = auth;
  }

  /** Name of the property or variable with the secret for {@code auth}. */
  public void setSecret(String secret) {
    this.secret = secret.strip();
  }

  /** Retries after the first attempt, from 0; empty: {@code hub.call.retries}. */
  public void setMaxRetries(String number) {
    this.maxRetries = number(number);
  }

  /** Limit for the whole call, from 1; empty: {@code hub.call.total-seconds}. */
  public void setTimeoutSeconds(String number) {
    this.timeoutSeconds = number(number);
  }

  /** Most calls a second to this provider; empty or 0: no limit. */
  public void setRatePerSecond(String number) {
    this.ratePerSecond = number(number).orElse(0);
  }

  private static Optional<Integer> number(String text) {
    return text.isBlank() ? Optional.empty() : Optional.of(Integer.valueOf(text.strip()));
  }
}
