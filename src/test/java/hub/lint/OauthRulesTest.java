package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls with a token of the hub itself. */
class OauthRulesTest {
  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
  }

  private List<String> faults(String parameters) {
    hub.route(
        "a",
        "direct:a",
        """
        - to:
            id: ask-a
            uri: kamelet:http-api-action
            parameters:
              baseUrl: http://localhost
              provider: crm
        """
            + parameters.indent(6));
    return hub.printed().stream()
        .filter(fault -> fault.contains("auth:") || fault.contains("in clear"))
        .toList();
  }

  @Test
  void what_client_credentials_lack_is_told_at_once() {
    assertThat(faults("auth: client-credentials"))
        .anySatisfy(fault -> assertThat(fault).contains("needs 'tokenUrl'"))
        .anySatisfy(fault -> assertThat(fault).contains("needs 'clientId'"))
        .anySatisfy(fault -> assertThat(fault).contains("needs 'clientSecret'"));
  }

  @Test
  void what_a_github_app_lacks_is_told_at_once() {
    assertThat(faults("auth: github-app\nappId: '1'"))
        .anySatisfy(fault -> assertThat(fault).contains("needs 'installationId'"))
        .anySatisfy(fault -> assertThat(fault).contains("needs 'privateKey'"));
  }

  @Test
  void a_name_of_a_variable_is_no_secret_and_a_secret_is_told() {
    String given = "auth: client-credentials\ntokenUrl: http://localhost/t\nclientId: CRM_ID\n";
    assertThat(faults(given + "clientSecret: CRM_SECRET")).isEmpty();
    assertThat(faults(given + "clientSecret: hunter2"))
        .anySatisfy(fault -> assertThat(fault).contains("clientSecret stands here in clear"));
  }
}
