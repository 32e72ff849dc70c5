package hub.dev;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.config.Setting;
import hub.config.Settings;
import hub.http.server.RequestGate;
import hub.lint.Fault;
import hub.lint.Lint;
import hub.webhook.scheme.SchemeFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches {@code routes/} and the settings, and takes over what is saved. Looks at the files' times
 * instead of asking the system for events: that works on every file system, mounted ones too, and
 * costs a millisecond. A change counts when two looks find the same, because editors save in
 * several steps.
 */
public final class DevMode extends LifecycleStrategySupport {
  private static final Logger LOG = LoggerFactory.getLogger("hub.dev");

  private static final long LOOK_MILLIS = 200;
  private static final Path SETTINGS = Path.of("application.properties");

  private final ModelCamelContext context;
  private final Settings settings;
  private final Path routes;
  private final Clock clock;
  private final RouteExchange exchange;
  private ScheduledExecutorService timer;

  /** What the last look found; it counts when the next one finds the same. */
  private Map<String, String> last = Map.of();

  /** What has been dealt with. */
  private Map<String, String> done = Map.of();

  /** Whether secrets have been read since they were last checked with the files. */
  private final AtomicBoolean secretsCame = new AtomicBoolean();

  private ProjectFiles running = new ProjectFiles(Map.of());
  private volatile DevState state = DevState.NONE;

  private DevMode(
      ModelCamelContext context,
      Settings settings,
      Path routes,
      SchemeFiles schemes,
      RequestGate gate,
      Clock clock) {
    this.context = context;
    this.settings = settings;
    this.routes = routes;
    this.clock = clock;
    this.exchange = new RouteExchange(context, gate, schemes, routes.toString().replace('\\', '/'));
  }

  /**
   * Watches the files as soon as {@code context} has started.
   *
   * @param routes the folder of the routes
   */
  public static DevMode install(
      CamelContext context,
      Settings settings,
      Path routes,
      SchemeFiles schemes,
      RequestGate gate,
      Clock clock) {
    DevMode dev = new DevMode((ModelCamelContext) context, settings, routes, schemes, gate, clock);
    dev.readRunning();
    context.addLifecycleStrategy(dev);
    return dev;
  }

  /** As early as possible: what is saved during the start is taken over after it. */
  private void readRunning() {
    try {
      done = ProjectFiles.stamps(routes, SETTINGS);
      last = done;
      running = ProjectFiles.read(routes, SETTINGS);
    } catch (IOException e) {
      LOG.warn("{} cannot be read: {}", routes, e.toString());
    }
  }

  /** The answer of {@code GET /api/admin/dev}. */
  public ObjectNode json() {
    return state.json();
  }

  /** New secrets are in use: what was refused may have missed them. Thread-safe. */
  public void secretsTaken() {
    secretsCame.set(true);
  }

  @Override
  public void onContextStarted(CamelContext started) {
    LOG.info(
        "development mode: watches {}/ and application.properties, and takes over what is saved; not"
            + " for production",
        routes);
    timer = started.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "hub-dev");
    var unused =
        timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void onContextStopping(CamelContext stopping) {
    if (timer != null) {
      stopping.getExecutorServiceManager().shutdownNow(timer);
    }
  }

  private void look() {
    try {
      Map<String, String> now = ProjectFiles.stamps(routes, SETTINGS);
      boolean settled = now.equals(last);
      last = now;
      if (settled && (!now.equals(done) || (state.failed() && secretsCame.get()))) {
        take(now);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // One has gone since it was found, or may not be read. If it stays so, it is told once.
      giveUp(new Fault(routes.toString(), 0, 0, "cannot be read: " + e, "", Fault.Level.ERROR));
    } catch (RuntimeException | Error e) {
      LOG.error("a fault of the development mode itself", e);
      giveUp(new Fault(routes.toString(), 0, 0, e.toString(), "", Fault.Level.ERROR));
    }
  }

  /** Tells a failure once; the next change is looked at again. */
  private void giveUp(Fault fault) {
    if (!last.equals(done)) {
      done = last;
      refuse(List.of(fault));
    }
  }

  private void take(Map<String, String> now) throws IOException, InterruptedException {
    ProjectFiles next = ProjectFiles.read(routes, SETTINGS);
    Set<String> changed = running.changedTo(next);
    hooks().forEach(hook -> hook.beforeCheck(changed));
    // Those that come from here on may be missed by the check.
    secretsCame.set(false);
    List<Fault> faults =
        changed.isEmpty()
            ? List.of()
            : Lint.checkWithBeans(routes, SETTINGS, settings, context.getRegistry());
    if (ProjectFiles.stamps(routes, SETTINGS).equals(now)) {
      done = now;
      take(next, faults);
    }
  }

  private void take(ProjectFiles next, List<Fault> faults) throws InterruptedException {
    Set<String> changed = running.changedTo(next);
    if (changed.isEmpty()) {
      if (state.failed()) {
        LOG.info("the files are those that run again");
        state = DevState.NONE;
      }
      return;
    }
    long begun = System.nanoTime();
    List<Fault> errors =
        faults.stream().filter(fault -> fault.level() == Fault.Level.ERROR).toList();
    if (!errors.isEmpty()) {
      refuse(errors);
      return;
    }
    try {
      for (DevHook hook : hooks()) {
        hook.before(changed);
      }
      ReloadPlan plan = ReloadPlan.of(running, next);
      if (!plan.isEmpty()) {
        exchange.run(plan);
      }
      ProjectFiles before = running;
      running = next;
      if (changed.contains(ProjectFiles.SETTINGS)) {
        tellSettings(before, next);
      }
      taken(plan, changed, faults, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      LOG.debug("not taken over", e);
      String files = String.join(", ", changed);
      refuse(
          List.of(new Fault(files, 0, 0, String.valueOf(e.getMessage()), "", Fault.Level.ERROR)));
    }
  }

  private static void tellSettings(ProjectFiles before, ProjectFiles next) {
    Set<String> keys = new TreeSet<>(before.settings().keySet());
    keys.addAll(next.settings().keySet());
    keys.removeIf(key -> Objects.equals(before.settings().get(key), next.settings().get(key)));
    if (!keys.isEmpty()) {
      LOG.warn(
          "application.properties: {} changed; secrets count at once, all else from the next start",
          String.join(", ", keys));
    }
  }

  private void refuse(List<Fault> errors) {
    state = new DevState(clock.instant(), true, errors, Set.of());
    errors.forEach(error -> LOG.error("{}", error));
    LOG.error("not taken over: the running version stays");
  }

  private void taken(ReloadPlan plan, Set<String> changed, List<Fault> faults, long millis) {
    state = new DevState(clock.instant(), false, faults, plan.coming());
    Set<String> removed = new TreeSet<>(plan.leaving());
    removed.removeAll(plan.coming());
    if (!plan.isEmpty()) {
      LOG.info(
          "taken over in {} ms:{}{}",
          millis,
          plan.coming().isEmpty() ? "" : " " + String.join(", ", plan.coming()),
          removed.isEmpty() ? "" : " removed: " + String.join(", ", removed));
    }
    faults.stream()
        .filter(fault -> fault.level() == Fault.Level.WARNING)
        .filter(fault -> changed.stream().anyMatch(fault.where()::contains))
        .forEach(fault -> LOG.warn("{}", fault));
    plan.restart()
        .forEach(file -> LOG.warn("{}: only routes are taken over; start the hub again", file));
    settings.entries(Setting.SOURCES).stream()
        .filter(plan.schemes()::contains)
        .forEach(name -> LOG.warn("source {} of hub.sources: start the hub again", name));
    hooks().forEach(hook -> hook.taken(changed, plan.coming()));
  }

  private Set<DevHook> hooks() {
    return context.getRegistry().findByType(DevHook.class);
  }
}
