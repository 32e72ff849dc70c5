package hub.monitoring.health;

import hub.call.policy.IntegrationReport;
import hub.call.policy.Providers;
import hub.config.Setting;
import hub.config.Settings;
import hub.db.Database;
import hub.inbox.db.OrphanedDeliveries;
import hub.monitoring.stats.InboxCounts;
import hub.monitoring.stats.RecentFetches;
import hub.monitoring.stats.RecentInboxCounts;
import hub.poll.FetchState;
import hub.util.Json;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;

/** All health checks of the hub. Thread-safe. */
public final class HealthChecks {
  private static final long MIB = 1L << 20;

  /** Space for about an hour of events; with less the embedded database may stop. */
  private static final long DISK_DOWN_BYTES = 100 * MIB;

  /** Less than a tenth of the disk is degraded, unless this much is free. */
  private static final long DISK_DEGRADED_BYTES = 2_048 * MIB;

  private static final int DISK_DEGRADED_SHARE = 10;

  private final CamelContext context;
  private final Settings settings;
  private final Database database;
  private final Providers providers;
  private final RecentInboxCounts recentInboxCounts;
  private final OrphanedDeliveries orphanedDeliveries;
  private final RecentFetches fetches;
  private final Clock clock;

  public HealthChecks(
      CamelContext context,
      Settings settings,
      Database database,
      Providers providers,
      RecentInboxCounts recentInboxCounts,
      OrphanedDeliveries orphanedDeliveries,
      RecentFetches fetches,
      Clock clock) {
    this.context = context;
    this.settings = settings;
    this.database = database;
    this.providers = providers;
    this.recentInboxCounts = recentInboxCounts;
    this.orphanedDeliveries = orphanedDeliveries;
    this.fetches = fetches;
    this.clock = clock;
  }

  /** Every check except those of the providers. */
  public List<HealthCheck> ofTheHub() {
    return List.of(
        new HealthCheck("event-store", this::store),
        new HealthCheck("disk-space", this::disk),
        new HealthCheck("inbox-age", this::inboxAge),
        new HealthCheck("inbox-handlers", this::inboxHandlers),
        new HealthCheck("polls", this::polls),
        new HealthCheck("routes", this::routes));
  }

  /** Whether the hub works without a restart. */
  public HealthCheck liveness() {
    return new HealthCheck(
        "process",
        () -> database.stuck().map(CheckResult::down).orElseGet(() -> CheckResult.up("it works")));
  }

  /**
   * One for each configured provider, from the results of recent calls; the provider is not asked.
   */
  List<HealthCheck> ofProviders() {
    return reports().map(report -> new HealthCheck(name(report), () -> provider(report))).toList();
  }

  /** One check for all providers; its state is the worst of theirs. */
  public HealthCheck providers() {
    return new HealthCheck("providers", this::allProviders);
  }

  private Stream<IntegrationReport> reports() {
    return IntegrationReport.of(providers).stream().filter(IntegrationReport::configured);
  }

  private static String name(IntegrationReport report) {
    return "provider:" + report.name();
  }

  private CheckResult store() {
    return database
        .trouble()
        .map(CheckResult::down)
        .orElseGet(() -> CheckResult.up("it accepts writes"));
  }

  private CheckResult disk() {
    Path folder = settings.path(Setting.DATA_DIR);
    try {
      FileStore disk = Files.getFileStore(folder);
      return disk(disk.getUsableSpace(), disk.getTotalSpace());
    } catch (IOException e) {
      return CheckResult.degraded("the data folder cannot be read");
    }
  }

  static CheckResult disk(long free, long total) {
    String detail = "%d MiB of %d MiB are free".formatted(free / MIB, total / MIB);
    if (free < DISK_DOWN_BYTES) {
      return CheckResult.down(detail);
    }
    return free < DISK_DEGRADED_BYTES && free < total / DISK_DEGRADED_SHARE
        ? CheckResult.degraded(detail)
        : CheckResult.up(detail);
  }

  private CheckResult inboxAge() {
    Optional<InboxCounts> counts = recentInboxCounts.all();
    if (counts.isEmpty()) {
      return CheckResult.down("the database does not answer");
    }
    long waiting = counts.get().oldestWaitingSeconds(clock.instant());
    String detail =
        counts.get().backlog() == 0
            ? "nothing waits"
            : "%d waiting, the oldest for %d s".formatted(counts.get().backlog(), waiting);
    return waiting > settings.count(Setting.HEALTH_INBOX_AGE_SECONDS)
        ? CheckResult.degraded(detail)
        : CheckResult.up(detail);
  }

  private CheckResult inboxHandlers() {
    try {
      Map<String, Long> orphaned = orphanedDeliveries.byRoute();
      return orphaned.isEmpty()
          ? CheckResult.up("every waiting event has its handler")
          : CheckResult.degraded(
              orphaned.entrySet().stream()
                  .map(
                      entry ->
                          "%d waiting for %s, which no live node has"
                              .formatted(entry.getValue(), entry.getKey()))
                  .collect(Collectors.joining(", ", "", "; " + OrphanedDeliveries.REMEDY)));
    } catch (SQLException | RuntimeException e) {
      return CheckResult.down("the database does not answer");
    }
  }

  private CheckResult polls() {
    Optional<List<FetchState>> failing = fetches.failing();
    if (failing.isEmpty()) {
      return CheckResult.down("the database does not answer");
    }
    return failing.get().isEmpty()
        ? CheckResult.up("no poll and no catch-up fails again and again")
        : CheckResult.degraded(
            failing.get().stream().map(HealthChecks::failing).collect(Collectors.joining("; ")));
  }

  private static String failing(FetchState one) {
    return "%s %s has failed %d times since %s: %s, again at %s"
        .formatted(
            one.kind(),
            one.source(),
            one.failures(),
            one.failingSince().map(Json::time).orElse("-"),
            one.lastError().orElse("-"),
            Json.time(one.nextRunAt()));
  }

  /** A route that is not running was stopped by an operator or failed. */
  private CheckResult routes() {
    List<String> notRunning =
        context.getRoutes().stream()
            .map(Route::getRouteId)
            .filter(id -> status(id) != ServiceStatus.Started)
            .sorted()
            .map(id -> id + " is " + String.valueOf(status(id)).toLowerCase(Locale.ROOT))
            .toList();
    return notRunning.isEmpty()
        ? CheckResult.up("all run")
        : CheckResult.degraded(String.join(", ", notRunning));
  }

  private ServiceStatus status(String routeId) {
    return context.getRouteController().getRouteStatus(routeId);
  }

  private static CheckResult provider(IntegrationReport report) {
    String calls =
        report.calls() == 0
            ? "no calls in 15 minutes"
            : "%d of %d calls failed in 15 minutes".formatted(report.errors(), report.calls());
    String detail =
        report.breaker().equals("closed")
            ? calls
            : "circuit breaker " + report.breaker() + ", " + calls;
    return switch (report.status()) {
      case "down" -> CheckResult.down(detail);
      case "degraded" -> CheckResult.degraded(detail);
      default -> CheckResult.up(detail);
    };
  }

  private CheckResult allProviders() {
    List<IntegrationReport> bad =
        reports().filter(report -> provider(report).state() != CheckResult.State.UP).toList();
    String detail =
        bad.stream()
            .map(
                report ->
                    report.name()
                        + " is "
                        + provider(report).state().text()
                        + ": "
                        + provider(report).detail())
            .collect(Collectors.joining("; "));
    CheckResult.State worst =
        bad.stream()
            .map(report -> provider(report).state())
            .max(Comparator.naturalOrder())
            .orElse(CheckResult.State.UP);
    return new CheckResult(worst, bad.isEmpty() ? "all are up" : detail);
  }
}
