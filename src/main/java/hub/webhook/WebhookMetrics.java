package hub.webhook;

import hub.util.MinuteRing;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Counts what became of webhook requests. Its labels are sources that have a route and a fixed set
 * of outcomes. Thread-safe.
 */
public final class WebhookMetrics {
  private final Supplier<MeterRegistry> registry;
  private final MinuteRing<AtomicLong> signatureFailures;
  private final Map<String, Counter> requests = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> secrets = new ConcurrentHashMap<>();

  /**
   * @param registry asked at the first count, when the context has made it
   */
  public WebhookMetrics(Supplier<MeterRegistry> registry, Clock clock) {
    this.registry = registry;
    this.signatureFailures = new MinuteRing<>(clock, AtomicLong::new);
  }

  /**
   * Requests of one minute that were refused for their signature or timestamp.
   *
   * @param number minutes since 1970; the last quarter of an hour is known
   */
  public long signatureFailures(long number) {
    return signatureFailures.at(number, AtomicLong::get).orElse(0L);
  }

  /**
   * @param outcome {@code accepted}, {@code duplicate}, or the reason of a refusal
   */
  public void count(String source, String outcome) {
    counter(source, outcome).increment();
    if (outcome.startsWith("signature-") || outcome.startsWith("timestamp-")) {
      signatureFailures.note(AtomicLong::incrementAndGet);
    }
  }

  /** Shows a source before anybody has sent to it: a monitor misses a first 1 else. */
  public void expect(String source) {
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
   * Remembers when a secret of a source last proved a request, so that a rotated one can be seen to
   * fall out of use.
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
        .set(Instant.now().getEpochSecond());
  }
}
