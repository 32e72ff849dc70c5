package hub.watch;

import hub.outbound.IntegrationReport;
import hub.outbound.Providers;
import hub.settings.Setting;
import hub.settings.Settings;
import hub.store.Database;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;

/** The checks of this hub. Thread-safe. */
final class Checks {
  private static final long MIB = 1L << 20;

  /** Room for the next hour's events; below it the embedded database may stop. */
  private static final long DISK_DOWN_BYTES = 100 * MIB;

  /** A tenth of the disk is little, unless it is many gigabytes. */
  private static final long DISK_DEGRADED_BYTES = 2_048 * MIB;

  private static final int DISK_DEGRADED_SHARE = 10;

  private final CamelContext context;
  private final Settings settings;
  private final Database database;
  private final Providers providers;
  private final Standings standings;
  private final Clock clock;

  Checks(
      CamelContext context,
      Settings settings,
      Database database,
      Providers providers,
      Standings standings,
      Clock clock) {
    this.context = context;
    this.settings = settings;
    this.database = database;
    this.providers = providers;
    this.standings = standings;
    this.clock = clock;
  }

  /** All but those of the providers. */
  List<Check> ofTheHub() {
    return List.of(
        new Check("event-store", this::store),
        new Check("disk-space", this::disk),
        new Check("inbox-age", this::inboxAge),
        new Check("routes", this::routes));
  }

  /** Whether the hub can go on without a restart. */
  Check vital() {
    return new Check(
        "process",
        () -> database.stuck().map(Finding::down).orElseGet(() -> Finding.up("it goes on")));
  }

  /** One for each provider that is configured, by what became of its calls; nobody is asked. */
  List<Check> ofProviders() {
    return reports().map(report -> new Check(name(report), () -> provider(report))).toList();
  }

  /** All providers in one, as bad as the worst of them. */
  Check providers() {
    return new Check("providers", this::allProviders);
  }

  private Stream<IntegrationReport> reports() {
    return IntegrationReport.of(providers).stream().filter(IntegrationReport::configured);
  }

  private static String name(IntegrationReport report) {
    return "provider:" + report.name();
  }

  private Finding store() {
    return database.trouble().map(Finding::down).orElseGet(() -> Finding.up("it takes writes"));
  }

  private Finding disk() {
    Path folder = settings.path(Setting.DATA_DIR);
    try {
      FileStore disk = Files.getFileStore(folder);
      return disk(disk.getUsableSpace(), disk.getTotalSpace());
    } catch (IOException e) {
      return Finding.degraded("the data folder cannot be looked at");
    }
  }

  static Finding disk(long free, long total) {
    String detail = "%d MiB of %d MiB are free".formatted(free / MIB, total / MIB);
    if (free < DISK_DOWN_BYTES) {
      return Finding.down(detail);
    }
    return free < DISK_DEGRADED_BYTES && free < total / DISK_DEGRADED_SHARE
        ? Finding.degraded(detail)
        : Finding.up(detail);
  }

  private Finding inboxAge() {
    Optional<Standing> standing = standings.all();
    if (standing.isEmpty()) {
      return Finding.down("the event store does not tell");
    }
    long waiting = standing.get().oldestWaitingSeconds(clock.instant());
    String detail =
        standing.get().backlog() == 0
            ? "nothing waits"
            : "%d waiting, the oldest for %d s".formatted(standing.get().backlog(), waiting);
    return waiting > settings.count(Setting.HEALTH_INBOX_AGE_SECONDS)
        ? Finding.degraded(detail)
        : Finding.up(detail);
  }

  /** A route that does not run was stopped by a person or by its own failure. */
  private Finding routes() {
    List<String> standing =
        context.getRoutes().stream()
            .map(Route::getRouteId)
            .filter(id -> status(id) != ServiceStatus.Started)
            .sorted()
            .map(id -> id + " is " + String.valueOf(status(id)).toLowerCase(Locale.ROOT))
            .toList();
    return standing.isEmpty()
        ? Finding.up("all run")
        : Finding.degraded(String.join(", ", standing));
  }

  private ServiceStatus status(String routeId) {
    return context.getRouteController().getRouteStatus(routeId);
  }

  private static Finding provider(IntegrationReport report) {
    String calls =
        report.calls() == 0
            ? "no calls in 15 minutes"
            : "%d of %d calls failed in 15 minutes".formatted(report.errors(), report.calls());
    String detail =
        report.breaker().equals("closed")
            ? calls
            : "circuit breaker " + report.breaker() + ", " + calls;
    return switch (report.status()) {
      case "down" -> Finding.down(detail);
      case "degraded" -> Finding.degraded(detail);
      default -> Finding.up(detail);
    };
  }

  private Finding allProviders() {
    List<IntegrationReport> bad =
        reports().filter(report -> provider(report).state() != Finding.State.UP).toList();
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
    Finding.State worst =
        bad.stream()
            .map(report -> provider(report).state())
            .max(Comparator.naturalOrder())
            .orElse(Finding.State.UP);
    return new Finding(worst, bad.isEmpty() ? "all are up" : detail);
  }
}
