package hub.identity.login;

import hub.config.Settings;
import java.nio.file.Path;

/** Reads {@code login/providers.yaml} again while the hub runs. */
public final class LoginReload {
  /** Name in the registry; not there without a routes folder. */
  public static final String BEAN = "loginReload";

  private final Path file;
  private final Settings settings;
  private final LoginCalls calls;
  private final LoginProviders providers;

  LoginReload(Path file, Settings settings, LoginCalls calls, LoginProviders providers) {
    this.file = file;
    this.settings = settings;
    this.calls = calls;
    this.providers = providers;
  }

  /**
   * Replaces the providers by those of the file. The sign-in page of the console keeps its list.
   *
   * @throws IllegalArgumentException when the file has a fault; nothing changes then
   */
  public void run() throws Exception {
    var read = ProvidersFile.read(file, settings);
    calls.replace(read.values());
    providers.replace(read);
  }
}
