package hub.config.reload;

import hub.config.LiveSecrets;
import hub.config.SecretChanges;
import hub.config.Setting;
import hub.config.Settings;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every other second whether files of {@code hub.secrets-dir} have changed, by their content,
 * since container platforms exchange a link. Tells what became of each, by name. Thread-safe.
 */
public final class SecretWatch extends ServiceSupport {
  private static final Logger LOG = LoggerFactory.getLogger(SecretWatch.class);

  /** A change counts at the second look; it must be in use ten seconds after it was written. */
  private static final long LOOK_SECONDS = 2;

  private final CamelContext context;
  private final LiveSecrets secrets;
  private ScheduledExecutorService looking;
  private volatile boolean isTold;

  private SecretWatch(CamelContext context, LiveSecrets secrets) {
    this.context = context;
    this.secrets = secrets;
  }

  /** Begins when {@code context} starts. */
  public static SecretWatch install(CamelContext context, LiveSecrets secrets, Settings settings)
      throws Exception {
    settings.whenChanged(
        Setting.DATABASE_PASSWORD,
        value -> {
          throw new IllegalArgumentException("is read at the start alone; start the hub again");
        });
    SecretWatch watch = new SecretWatch(context, secrets);
    context.addService(watch);
    return watch;
  }

  @Override
  protected void doStart() {
    looking =
        context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "hub-secrets");
    var unused =
        looking.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  protected void doStop() {
    context.getExecutorServiceManager().shutdownNow(looking);
  }

  /** Tests need not wait for it. */
  void look() {
    try {
      tell(secrets.look());
      isTold = false;
    } catch (RuntimeException e) {
      if (!isTold) {
        LOG.warn(
            "secrets=look outcome=failed detail=\"{}\" remedy=\"the old secrets stay in use; see to"
                + " hub.secrets-dir\"",
            e.toString());
        isTold = true;
      }
    }
  }

  /**
   * Reads the secrets of {@code application.properties} again, and the files at once.
   *
   * @throws IllegalArgumentException when {@code application.properties} cannot be read
   * @throws java.io.UncheckedIOException when the files cannot be
   */
  public SecretChanges readAgain() {
    SecretChanges changes = secrets.readAgain(PropertiesReload.read(context));
    tell(changes);
    return changes;
  }

  private static void tell(SecretChanges changes) {
    if (!changes.taken().isEmpty()) {
      LOG.info("secrets=change outcome=taken names={}", String.join(",", changes.taken()));
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
