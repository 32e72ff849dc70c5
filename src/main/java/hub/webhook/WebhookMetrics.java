package hub.webhook;

import hub.util.MinuteRing;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Counts webhook requests by source and outcome. Both have few values: sources with a route, and a
 * fixed set of outcomes. Thread-safe.
 */
public final class WebhookMetrics {
  /** Name in the registry. */
  public static final String BEAN = "webhookMetrics";

  private final Supplier<MeterRegistry> registry;
  private final Clock clock;
  private final MinuteRing<AtomicLong> signatureFailures;
  private final Map<String, Counter> requests = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> secrets = new ConcurrentHashMap<>();

  /**
   * @param registry called at the first count, because the context makes the registry later
   */
  public WebhookMetrics(Supplier<MeterRegistry> registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
    this.signatureFailures = new MinuteRing<>(clock, AtomicLong::new);
  }

  /**
   * Requests that were refused in one minute for their signature or timestamp.
   *
   * @param number minutes since 1970; the last 15 minutes are kept
   */
  public long signatureFailures(long number) {
    return signatureFailures.at(number, AtomicLong::get).orElse(0L);
  }

  /**
   * Counts a request by its outcome.
   *
   * @param outcome {@code accepted}, {@code duplicate}, {@code answered}, or the reason of a
   *     refusal
   */
  public void count(String source, String outcome) {
    counter(source, outcome).increment();
    if (outcome.startsWith("signature-") || outcome.startsWith("timestamp-")) {
      signatureFailures.note(AtomicLong::incrementAndGet);
    }
  }

  /**
   * Registers a source's counters at 0, or Prometheus' {@code increase()} misses the first request.
   */
  public void register(String source) {
    for (String outcome : List.of("accepted", "duplicate", "signature-mismatch")) {
      counter(source, outcome);
    }
  }

  private Counter counter(String source, String outcome) {
    return requests.computeIfAbsent(
        source + ' ' + outcome,
        key ->
            Counter.builder("hub.webhook.requests")
                .description("Webhook requests by what became of them")
                .tag("source", source)
                .tag("outcome", outcome)
                .register(registry.get()));
  }

  /**
   * Notes when a secret last verified a request, so that operators see when a rotated one is no
   * longer used.
   */
  void used(String source, String secretId) {
    secrets
        .computeIfAbsent(
            source + ' ' + secretId,
            key -> {
              AtomicLong last = new AtomicLong();
              Gauge.builder("hub.webhook.secret.last.used.seconds", last, AtomicLong::doubleValue)
                  .description("Unix time at which a secret last proved a request")
                  .tag("source", source)
                  .tag("secret", secretId)
                  .register(registry.get());
              return last;
            })
        .set(clock.instant().getEpochSecond());
  }
}
