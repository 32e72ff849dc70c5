package hub.lint;

import java.util.Map;
import java.util.Optional;

/**
 * Beans of earlier versions that shipped routes named and that are no more, since the routes say
 * themselves what the beans did. A copy of such a route that an installation has kept names one.
 */
final class GoneBeans {
  private static final String ANALYTICS = "all files of routes/analytics";

  /** The shipped files that do without, by the bean. */
  private static final Map<String, String> FILES =
      Map.of(
          "resendMessage", "routes/email/email-by-resend.camel.yaml",
          "sendgridMessage", "routes/email/email-by-sendgrid.camel.yaml",
          "slackPost", "routes/alerts/alert-by-slack.camel.yaml",
          "analytics", ANALYTICS,
          "batchHalves", ANALYTICS,
          "posthogEvents", ANALYTICS,
          "mixpanelEvents", ANALYTICS,
          "mixpanelProfiles", ANALYTICS);

  private GoneBeans() {}

  /** What to do about a bean that is gone; empty for any other name. */
  static Optional<String> remedy(String name) {
    return Optional.ofNullable(FILES.get(name))
        .map(
            files ->
                "it was one of an earlier version; take "
                    + files
                    + " of this version, and write your own changes into it again");
  }
}
