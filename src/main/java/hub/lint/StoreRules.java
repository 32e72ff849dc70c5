package hub.lint;

import hub.config.Setting;
import hub.config.Settings;
import hub.db.StoreProbe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Checks that the database accepts the hub's user. Only before a start: the lint must work without
 * a database. A database that does not answer is no fault; the hub waits for it.
 */
final class StoreRules {
  private StoreRules() {}

  static List<Fault> check(
      Path applicationProperties, Settings settings, Map<String, String> environment) {
    SettingsFile file =
        SettingsFile.read(
            applicationProperties, applicationProperties.getFileName().toString(), new Faults());
    SettingOrigins origins = new SettingOrigins(file, environment);
    Faults faults = new Faults();
    try {
      StoreProbe.refusal(settings).ifPresent(refusal -> add(refusal, origins, faults));
    } catch (RuntimeException e) {
      // The lint reports settings that are missing or unreadable.
      return List.of();
    }
    return faults.sorted();
  }

  private static void add(StoreProbe.Refusal refusal, SettingOrigins origins, Faults faults) {
    String url = Setting.DATABASE_URL.key();
    String password = Setting.DATABASE_PASSWORD.key();
    switch (refusal) {
      case NO_DATABASE ->
          faults.error(
              origins.location(url),
              origins.title(url) + "names a database that its server does not have",
              "make it with 'createdb', or correct the name");
      case NOT_LET_IN ->
          faults.error(
              origins.location(password),
              origins.title(password) + "or the user is not accepted by the database's server",
              "correct DATABASE_USER and DATABASE_PASSWORD");
    }
  }
}
