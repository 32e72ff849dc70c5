package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameters of calls and sinks that stop a start are told before it, with their line. */
class CallParameterRulesTest {
  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
  }

  private List<String> faults(String kamelet, String parameters) {
    hub.route(
        "a",
        "direct:a",
        """
        - to:
            id: call-a
            uri: kamelet:%s
            parameters:
        """
                .formatted(kamelet)
            + parameters.indent(6));
    return hub.printed().stream().filter(fault -> fault.contains("a.camel.yaml")).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "url: https://x\\nheaders: 'no colon'|headers: 'no colon' is not 'Name: value'",
        "url: https://x\\nheaders: 'Host: evil'|headers: 'host' is set by the hub; leave it out",
        "url: https://x\\nforward: webhook-signature|forward: 'webhook-signature' is set by the hub",
        "url: https://x\\ntimeoutSeconds: 0|timeoutSeconds: '0' leaves a call no time; write at least 1",
        "url: ftp://x/y|url: 'ftp://x/y' is no http or https address; write it like https://",
        "url: ''|needs parameter 'url'; add it under 'parameters', or 'urlSecret'",
        "url: https://x\\nurlSecret: X_URL|'url' and 'urlSecret' are both given"
      })
  void a_sink_that_would_stop_the_start_is_told(String parameters, String fault) {
    assertThat(faults("webhook-sink", "sign: none\n" + parameters.replace("\\n", "\n")))
        .first()
        .asString()
        .contains(fault);
  }

  @Test
  void a_call_too() {
    assertThat(
            faults(
                "http-api-action",
                "provider: crm\nbaseUrl: http://localhost\nheaders: |\n  Accept: a/b\n  nonsense"))
        .singleElement()
        .asString()
        .contains("headers: 'nonsense' is not 'Name: value'");
  }

  @Test
  void a_place_of_failures_that_is_no_path_too() {
    assertThat(
            faults(
                "http-api-action",
                "provider: crm\nbaseUrl: http://localhost\nfailureAt: '$.errors['"))
        .singleElement()
        .asString()
        .contains("failureAt: '$.errors[' is no JSONPath", "write it like $.errors");
  }
}
