package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls and sinks that are signed. */
class SignRulesTest {
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
    return hub.printed().stream().filter(fault -> fault.toLowerCase().contains("sign")).toList();
  }

  @Test
  void an_unknown_scheme_and_one_that_cannot_sign_are_told_with_those_that_can() {
    assertThat(faults("sign: standard-webhook\nsignSecret: CRM_SECRET"))
        .singleElement()
        .asString()
        .contains("there is no scheme 'standard-webhook'", "write one of", "standard-webhooks");
    assertThat(faults("sign: sendgrid\nsignSecret: CRM_SECRET"))
        .singleElement()
        .asString()
        .contains("scheme 'sendgrid' cannot sign", "private key", "write one of");
  }

  @Test
  void a_scheme_needs_the_name_of_its_secret_and_a_secret_a_scheme() {
    assertThat(faults("sign: standard-webhooks"))
        .singleElement()
        .asString()
        .contains("sign: standard-webhooks needs 'signSecret'");
    assertThat(faults("signSecret: CRM_SECRET"))
        .singleElement()
        .asString()
        .contains("nothing is signed");
  }

  @Test
  void a_secret_that_is_not_set_is_told() {
    assertThat(faults("sign: standard-webhooks\nsignSecret: CRM_SECRET"))
        .singleElement()
        .asString()
        .contains("CRM_SECRET is not set");
  }
}
