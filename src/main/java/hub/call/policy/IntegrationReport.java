package hub.call.policy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state of a provider over the last fifteen minutes.
 *
 * @param status {@code up}, {@code degraded}, {@code down} or {@code not-configured}
 * @param breaker {@code closed}, {@code half-open} or {@code open}
 * @param missing names of the required variables that are not set
 */
public record IntegrationReport(
    String name,
    boolean configured,
    String status,
    String breaker,
    long calls,
    long errors,
    long p50Millis,
    long p95Millis,
    Optional<String> lastError,
    Optional<Instant> lastSuccessAt,
    List<String> missing) {
  /** More than one error in ten calls is more than an occasional one. */
  private static final int DEGRADED_SHARE = 10;

  /** The reports of all providers that routes name, ordered by name. */
  public static List<IntegrationReport> of(Providers providers) {
    return providers.all().stream().map(provider -> of(provider, providers)).toList();
  }

  private static IntegrationReport of(Provider provider, Providers providers) {
    List<String> missing =
        provider.needs().stream()
            .filter(name -> providers.settings().named(name).isEmpty())
            .toList();
    CallStats.Summary summary = provider.stats().summary();
    String breaker = provider.breakerState();
    return new IntegrationReport(
        provider.name(),
        missing.isEmpty(),
        status(missing.isEmpty(), breaker, summary),
        breaker,
        summary.calls(),
        summary.errors(),
        summary.p50Millis(),
        summary.p95Millis(),
        summary.lastError(),
        summary.lastSuccessAt(),
        missing);
  }

  private static String status(boolean configured, String breaker, CallStats.Summary summary) {
    if (!configured) {
      return "not-configured";
    }
    if (breaker.equals("open")) {
      return "down";
    }
    return breaker.equals("half-open") || summary.errors() * DEGRADED_SHARE > summary.calls()
        ? "degraded"
        : "up";
  }
}
