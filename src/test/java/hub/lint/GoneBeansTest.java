package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copies of shipped routes that an installation has kept from an earlier version. */
class GoneBeansTest {
  @TempDir private Path root;

  @ParameterizedTest
  @CsvSource({
    "resendMessage, routes/email/email-by-resend.camel.yaml",
    "sendgridMessage, routes/email/email-by-sendgrid.camel.yaml",
    "slackPost, routes/alerts/alert-by-slack.camel.yaml",
    "posthogEvents, all files of routes/analytics",
    "mixpanelEvents, all files of routes/analytics",
    "mixpanelProfiles, all files of routes/analytics"
  })
  void a_copy_is_told_at_file_and_line_with_the_file_to_take(String bean, String file) {
    HubFolder hub =
        new HubFolder(root)
            .route("old-copy", "direct:old-copy", "- process:\n    ref: " + bean + "\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/old-copy.camel.yaml:8: there is no bean '"
                + bean
                + "'; it was one of an earlier version; take "
                + file
                + " of this version, and write your own changes into it again");
    assertThat(Files.exists(Path.of(file.replace("all files of ", "")))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"analytics, hasPosthog", "batchHalves, of"})
  void so_is_a_method_of_one(String bean, String method) {
    HubFolder hub =
        new HubFolder(root)
            .route(
                "old-copy",
                "direct:old-copy",
                """
                - filter:
                    expression:
                      method:
                        ref: %s
                        method: %s
                    steps:
                      - log:
                          message: sent
                """
                    .formatted(bean, method));

    assertThat(hub.printed())
        .singleElement()
        .asString()
        .contains("there is no bean '" + bean + "'", "take all files of routes/analytics");
  }
}
