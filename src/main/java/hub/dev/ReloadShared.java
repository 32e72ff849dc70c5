package hub.dev;

import hub.config.reload.SecretWatch;
import hub.identity.login.LoginReload;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes over login providers and secrets, which are no routes. */
public final class ReloadShared implements DevHook {
  /** Name in the registry. */
  public static final String BEAN = "reloadShared";

  private static final Logger LOG = LoggerFactory.getLogger(ReloadShared.class);
  private static final String PROVIDERS = "login/providers.yaml";

  private final Optional<LoginReload> logins;
  private final SecretWatch secrets;

  /**
   * @param logins empty: nobody can log in
   */
  public ReloadShared(Optional<LoginReload> logins, SecretWatch secrets) {
    this.logins = logins;
    this.secrets = secrets;
  }

  /** A route and its secret may be saved together, and secrets are else read every few seconds. */
  @Override
  public void beforeCheck(Set<String> files) {
    try {
      secrets.readAgain();
    } catch (IllegalArgumentException | UncheckedIOException e) {
      // The check tells what is wrong with the settings, and the watch what is with the folder.
      LOG.debug("secrets are not read again", e);
    }
  }

  @Override
  public void before(Set<String> files) throws Exception {
    if (files.contains(PROVIDERS) && logins.isPresent()) {
      logins.get().run();
    }
  }
}
