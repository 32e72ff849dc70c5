package hub.dev;

import hub.config.reload.SecretWatch;
import hub.identity.login.LoginReload;
import java.util.Optional;
import java.util.Set;

/** Takes over login providers and secrets, which are no routes. */
public final class ReloadShared implements DevHook {
  /** Name in the registry. */
  public static final String BEAN = "reloadShared";

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

  @Override
  public void before(Set<String> files) throws Exception {
    if (files.contains(PROVIDERS) && logins.isPresent()) {
      logins.get().run();
    }
  }

  /** Secrets have a log of their own. */
  @Override
  public void taken(Set<String> files, Set<String> routes) {
    if (files.contains(ProjectFiles.SETTINGS)) {
      secrets.readAgain();
    }
  }
}
