package hub.lint;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Warns of secrets that stand in a file in clear. Their values are never told. */
final class SecretRules {
  /**
   * Prefixes by which providers mark their keys, long enough to be no example such as sk_live_….
   */
  private static final Pattern MARKED =
      Pattern.compile(
          "(?<![A-Za-z0-9])(?:([sr]k_live_|[sr]k_test_)[A-Za-z0-9]{16,}"
              + "|(whsec_)[A-Za-z0-9+/=]{24,}"
              + "|(xox[abprs]-)[A-Za-z0-9-]{20,}"
              + "|(gh[pousr]_)[A-Za-z0-9]{30,}"
              + "|(github_pat_)[A-Za-z0-9_]{30,}"
              + "|(AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"
              + "|(SG\\.)[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}"
              + "|(re_)[A-Za-z0-9]{8}_[A-Za-z0-9]{16,}"
              + "|(glpat-)[A-Za-z0-9_-]{20,})");

  private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----");

  /** Options whose value is a secret itself, not the name of one. */
  private static final Set<String> SECRET_OPTIONS =
      Set.of(
          "password",
          "passphrase",
          "secretkey",
          "accesstoken",
          "clientsecret",
          "authpassword",
          "proxyauthpassword",
          "sessiontoken");

  private final Faults faults;

  SecretRules(Faults faults) {
    this.faults = faults;
  }

  /** Checks the texts of a file, and the options of the endpoints in it. */
  void check(List<Spot> spots) {
    for (Spot spot : spots) {
      for (YamlTree text : spot.texts()) {
        check(spot.entry().value().isList() ? text.location() : spot.location(), text.text());
      }
      if (spot.isLiteral()
          && spot.path().contains("parameters")
          && SECRET_OPTIONS.contains(spot.key().toLowerCase(Locale.ROOT))
          && !isName(spot.owner().text("auth"), spot.text())) {
        checkOption(spot.location(), spot.key(), spot.text());
      }
      if (spot.key().equals("uri")) {
        Matcher query = Pattern.compile("[?&](\\w+)=([^&]*)").matcher(spot.text());
        while (query.find()) {
          if (SECRET_OPTIONS.contains(query.group(1).toLowerCase(Locale.ROOT))
              && !query.group(2).contains("{")
              && !isName(
                  spot.text().contains("auth=client-credentials") ? "client-credentials" : "",
                  query.group(2))) {
            checkOption(spot.location(), query.group(1), query.group(2));
          }
        }
      }
    }
  }

  /** Checks {@code application.properties}, which is often shared as the routes are. */
  void check(SettingsFile file) {
    file.entries().forEach(entry -> check(entry.location(), entry.value()));
  }

  private void check(Location location, String text) {
    Matcher marked = MARKED.matcher(text);
    if (marked.find()) {
      String prefix = "";
      for (int i = 1; i <= marked.groupCount(); i++) {
        prefix = marked.group(i) == null ? prefix : marked.group(i);
      }
      report(location, "a secret that starts with " + prefix + " stands here in clear");
    } else if (PRIVATE_KEY.matcher(text).find()) {
      report(location, "a private key stands here in clear");
    }
  }

  private void checkOption(Location location, String option, String value) {
    if (!value.isBlank() && !value.startsWith("#")) {
      report(location, "the " + option + " stands here in clear");
    }
  }

  /** With {@code auth: client-credentials} the option is the name of a variable. */
  private static boolean isName(String auth, String value) {
    return auth.equals("client-credentials") && value.matches("[A-Z][A-Z0-9_]*");
  }

  private void report(Location location, String what) {
    if (!faults.hasErrorAt(location)) {
      faults.warning(
          location,
          what,
          "revoke it, put the new one into a variable, and write {{NAME}} or the variable's name");
    }
  }
}
