package hub.lint;

import hub.config.Setting;
import hub.config.Settings;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks that {@code EMAIL_TRANSPORT} names a route from {@code direct:email-by-NAME}. */
final class EmailRules {
  private static final String ROUTE = "email-by-";

  private final Project project;
  private final SettingOrigins origins;
  private final Faults faults;

  EmailRules(Project project, SettingOrigins origins, Faults faults) {
    this.project = project;
    this.origins = origins;
    this.faults = faults;
  }

  void check(Settings settings) {
    String transport;
    try {
      transport = settings.text(Setting.EMAIL_TRANSPORT);
    } catch (RuntimeException e) {
      return; // told with the settings
    }
    Set<String> known =
        project.consumed("direct").stream()
            .filter(name -> name.startsWith(ROUTE))
            .map(name -> name.substring(ROUTE.length()))
            .collect(Collectors.toSet());
    if (!transport.isEmpty() && !known.isEmpty() && !known.contains(transport)) {
      String key = Setting.EMAIL_TRANSPORT.key();
      faults.error(
          origins.location(key),
          origins.title(key)
              + "must be one of "
              + known.stream().sorted().collect(Collectors.joining(", ")),
          Suggest.nearest(transport, known)
              .map(near -> "did you mean '" + near + "'?")
              .orElse(
                  "choose one, leave it empty, or add a route from direct:" + ROUTE + transport));
    }
  }
}
