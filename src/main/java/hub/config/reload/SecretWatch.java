package hub.config.reload;

import hub.config.LiveSecrets;
import hub.config.SecretChanges;
import hub.config.Setting;
import hub.config.Settings;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks every two seconds whether files of {@code hub.secrets-dir} have changed: by their content,
 * because container platforms only replace a link. Logs the result by name. Thread-safe.
 */
public final class SecretWatch extends ServiceSupport {
  private static final Logger LOG = LoggerFactory.getLogger(SecretWatch.class);

  /** A change counts at the second check and must be in use ten seconds after the write. */
  private static final long LOOK_SECONDS = 2;

  private final CamelContext context;
  private final LiveSecrets secrets;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private ScheduledExecutorService timer;
  private volatile boolean isFailureLogged;

  private SecretWatch(CamelContext context, LiveSecrets secrets) {
    this.context = context;
    this.secrets = secrets;
  }

  /** Installs the watch, which starts with {@code context}. */
  public static SecretWatch install(CamelContext context, LiveSecrets secrets, Settings settings)
      throws Exception {
    for (Setting fixed : List.of(Setting.DATABASE_PASSWORD, Setting.DATABASE_READER_PASSWORD)) {
      settings.whenChanged(
          fixed,
          value -> {
            throw new IllegalArgumentException("is read at the start alone; start the hub again");
          });
    }
    SecretWatch watch = new SecretWatch(context, secrets);
    context.addService(watch);
    return watch;
  }

  @Override
  protected void doStart() {
    timer =
        context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "hub-secrets");
    var unused =
        timer.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  protected void doStop() {
    // A start that fails stops what it has not started, too.
    if (timer != null) {
      context.getExecutorServiceManager().shutdownNow(timer);
    }
  }

  /** One check; tests call it directly. */
  void look() {
    try {
      tell(secrets.look());
      isFailureLogged = false;
    } catch (RuntimeException e) {
      if (!isFailureLogged) {
        LOG.warn(
            "secrets=look outcome=failed detail=\"{}\" remedy=\"the old secrets stay in use; see to"
                + " hub.secrets-dir\"",
            e.toString());
        isFailureLogged = true;
      }
    }
  }

  /**
   * Reads the secrets of {@code application.properties} and the files again, without a second
   * check.
   *
   * @throws IllegalArgumentException when {@code application.properties} cannot be read
   * @throws java.io.UncheckedIOException when the files cannot be
   */
  public SecretChanges readAgain() {
    SecretChanges changes = secrets.readAgain(PropertiesReload.read(context));
    tell(changes);
    return changes;
  }

  /** Registers what is to be done after new secrets were put to use, on the thread that did. */
  public void whenTaken(Runnable listener) {
    listeners.add(listener);
  }

  private void tell(SecretChanges changes) {
    if (!changes.taken().isEmpty()) {
      LOG.info("secrets=change outcome=taken names={}", String.join(",", changes.taken()));
      listeners.forEach(Runnable::run);
    }
    changes
        .kept()
        .forEach(
            (name, reason) ->
                LOG.warn(
                    "secrets=change outcome=kept name={} detail=\"{}\"",
                    name,
                    reason.replace("\n", "; ")));
  }
}
