package hub.call.policy;

import hub.config.Setting;
import hub.config.Settings;
import hub.util.DaemonThreads;
import hub.util.LatencyBuckets;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The third parties that the hub calls, each made when a route first names it; in the registry as
 * {@code providers}. Thread-safe.
 */
public final class Providers implements AutoCloseable {
  /** Name in the registry. */
  public static final String BEAN = "providers";

  private static final int MOST_OF_MESSAGES = 1_000;

  private final Settings settings;
  private final FailureClassifier failureClassifier;
  private final Clock clock;
  private final Map<String, Provider> known = new TreeMap<>();
  private final Map<String, Provider> ofMessages = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<TimerKey, Timer> timers = new ConcurrentHashMap<>();
  private final Set<TimerKey> expected = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(DaemonThreads.numbered("hub-call"));
  private volatile Optional<MeterRegistry> meters = Optional.empty();

  /** The tags of one timer. All values come from routes, so their number is bounded. */
  private record TimerKey(String provider, String operation, String outcome) {}

  /**
   * @param readers one for each SDK in use, to read its exceptions
   */
  public Providers(Settings settings, List<ExceptionReader> readers, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.failureClassifier = new FailureClassifier(readers);
    ScheduledThreadPoolExecutor scheduled =
        new ScheduledThreadPoolExecutor(1, DaemonThreads.numbered("hub-call-timer"));
    scheduled.setRemoveOnCancelPolicy(true);
    this.timer = scheduled;
  }

  /** The provider of this name, always the same object. */
  public synchronized Provider of(String name) {
    return known.computeIfAbsent(
        name,
        absent -> {
          Provider made = make(absent);
          meters.ifPresent(registry -> register(registry, made));
          return made;
        });
  }

  /**
   * A provider or host that a message says, always the same object while it is among the last
   * {@value #MOST_OF_MESSAGES}. It has a circuit breaker of its own, and stands in no list or
   * metric: their number is not bounded.
   *
   * @param name the provider's, or host and port
   */
  public synchronized Provider ofMessage(String name) {
    Provider one = ofMessages.computeIfAbsent(name.toLowerCase(Locale.ROOT), this::make);
    if (ofMessages.size() > MOST_OF_MESSAGES) {
      ofMessages.remove(ofMessages.keySet().iterator().next());
    }
    return one;
  }

  /** The variables that calls to a provider need; empty when no route has named it. */
  public synchronized Set<String> needsOf(String name) {
    Provider provider = known.get(name);
    return provider == null ? Set.of() : Set.copyOf(provider.needs());
  }

  /** For {@code circuitBreaker} in routes: all calls to one provider share its circuit breaker. */
  public static CircuitBreaker breaker(Providers providers, String name) {
    return providers.of(name).breaker();
  }

  /** The same for a provider that may be named by its address, see {@link #nameOf}. */
  public static CircuitBreaker breakerOf(
      Providers providers, String name, String url, String urlSecret) {
    String provider = nameOf(providers, name, url, urlSecret);
    // Each has its own, see ofMessage(): one that fails closes the way to no other.
    return VariableHost.isIn(url) || isTemplate(name)
        ? neverOpen(provider)
        : breaker(providers, provider);
  }

  /** Whether a message says which provider it is, as {@code crm-{tenant}}. */
  public static boolean isTemplate(String name) {
    return name.indexOf('{') >= 0;
  }

  private static CircuitBreaker neverOpen(String name) {
    return CircuitBreaker.of(
        name, CircuitBreakerConfig.custom().ignoreException(error -> true).build());
  }

  /**
   * The name of a provider: the one that is given, else its address's host and port, which may be a
   * template. While the setting with the address is empty, the setting's name.
   *
   * @param urlSecret name of the property or variable with the address, where {@code url} is empty
   */
  static String nameOf(Providers providers, String name, String url, String urlSecret) {
    if (!name.isBlank()) {
      return name.strip();
    }
    if (VariableHost.isIn(url)) {
      return VariableHost.written(url);
    }
    String address = url.isBlank() ? providers.settings().named(urlSecret).orElse("") : url;
    try {
      URI uri = URI.create(address.strip());
      if (uri.getHost() != null) {
        return uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
      }
    } catch (IllegalArgumentException e) {
      // Told where the address is used, without showing it.
    }
    return urlSecret.strip().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** All providers that routes have named, ordered by name. */
  public synchronized Collection<Provider> all() {
    return List.copyOf(known.values());
  }

  public Settings settings() {
    return settings;
  }

  FailureClassifier failures() {
    return failureClassifier;
  }

  public ExecutorService threads() {
    return threads;
  }

  private Provider make(String name) {
    AtomicReference<CircuitBreaker> made = new AtomicReference<>();
    Duration open = Duration.ofSeconds(settings.count(Setting.BREAKER_OPEN_SECONDS));
    CircuitBreaker breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.TIME_BASED)
                .slidingWindowSize(settings.count(Setting.BREAKER_WINDOW_SECONDS))
                .minimumNumberOfCalls(settings.count(Setting.BREAKER_ATTEMPTS))
                .failureRateThreshold(settings.count(Setting.BREAKER_FAILED_PERCENT))
                .waitDurationInOpenState(open)
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .permittedNumberOfCallsInHalfOpenState(settings.count(Setting.BREAKER_PROBES))
                .recordException(this::countsAsFailure)
                .ignoreException(error -> isIgnored(error, made.get()))
                .build());
    made.set(breaker);
    return new Provider(
        name,
        breaker,
        open,
        new CallLimiter(settings.count(Setting.CALL_CONCURRENT), timer, System::nanoTime),
        new CallStats(clock),
        clock);
  }

  private boolean countsAsFailure(Throwable error) {
    return failureClassifier
        .read(error)
        .filter(callFailure -> callFailure.outcome().countsAsFailure())
        .isPresent();
  }

  /**
   * Whether {@code error} says nothing about the provider's health. In half-open state a 4xx does:
   * it proves that the provider is reachable.
   */
  private boolean isIgnored(Throwable error, CircuitBreaker breaker) {
    Optional<CallOutcome> outcome = failureClassifier.read(error).map(CallFailure::outcome);
    if (outcome.equals(Optional.of(CallOutcome.REJECTED))) {
      return breaker.getState() == CircuitBreaker.State.CLOSED;
    }
    return !outcome.map(CallOutcome::countsAsFailure).orElse(false);
  }

  /** Publishes breaker states and call times in {@code registry} from now on. */
  public synchronized void bindTo(MeterRegistry registry) {
    meters = Optional.of(registry);
    known.values().forEach(provider -> register(registry, provider));
    expected.forEach(key -> timer(registry, key));
  }

  /**
   * Registers a timer at 0 before the first call, or Prometheus' {@code increase()} misses that
   * call.
   */
  void registerTimer(String provider, String operation) {
    TimerKey key = new TimerKey(provider, operation, "ok");
    expected.add(key);
    meters.ifPresent(registry -> timer(registry, key));
  }

  private static void register(MeterRegistry registry, Provider provider) {
    Gauge.builder("hub.breaker.state", provider, Provider::breakerNumber)
        .description("State of a provider's circuit breaker: 0 closed, 1 half-open, 2 open")
        .tag("provider", provider.name())
        .register(registry);
  }

  void time(String provider, String operation, String outcome, Duration took) {
    meters.ifPresent(
        registry -> timer(registry, new TimerKey(provider, operation, outcome)).record(took));
  }

  private Timer timer(MeterRegistry registry, TimerKey key) {
    return timers.computeIfAbsent(
        key,
        absent ->
            Timer.builder("hub.call")
                .description("Attempts at calls to providers")
                .tag("provider", key.provider())
                .tag("operation", key.operation())
                .tag("outcome", key.outcome())
                .serviceLevelObjectives(LatencyBuckets.all())
                .register(registry));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    threads.shutdown();
  }
}
