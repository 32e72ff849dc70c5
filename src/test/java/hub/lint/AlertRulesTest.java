package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertRulesTest {
  @TempDir Path root;
  private HubFolder hub;

  @BeforeEach
  void open() throws IOException {
    Path kamelet = Path.of("src/main/resources/kamelets/alert-source.kamelet.yaml");
    hub = new HubFolder(root).write(kamelet.toString(), Files.readString(kamelet));
  }

  private HubFolder alert(String id, String name, String more, String steps) {
    return hub.write(
        "routes/alerts/" + id + ".camel.yaml",
        """
        - route:
            id: %s
            description: Tells of something.
            from:
              uri: kamelet:alert-source
              parameters:
                name: %s
                condition: dead-letters
                above: 0
                summary: "{value} of {detail}"
        """
                .formatted(id, name)
            + more.indent(8)
            + "      steps:\n"
            + steps.indent(8));
  }

  private static final String TELL = "- to:\n    uri: inbox:alert";

  @Test
  void a_complete_alert_has_no_faults() {
    assertThat(alert("alert-dead", "dead", "repeatMinutes: 0", TELL).printed()).isEmpty();
  }

  @Test
  void a_name_that_is_taken_or_does_not_fit_into_a_path_is_told() {
    alert("alert-a", "dead", "", TELL);
    alert("alert-b", "dead", "", TELL);
    alert("alert-c", "Dead letters", "", TELL);

    assertThat(hub.printed())
        .containsExactly(
            "routes/alerts/alert-b.camel.yaml:7: alert 'dead' is watched for by"
                + " routes/alerts/alert-a.camel.yaml:7; give one of them another name",
            "routes/alerts/alert-c.camel.yaml:7: alert 'Dead letters' does not fit into a path;"
                + " use small letters, digits and -");
  }

  @Test
  void numbers_out_of_range_and_words_that_mean_nothing_are_told() {
    alert(
        "alert-a",
        "dead",
        "windowMinutes: 0\neverySeconds: 0\nforMinutes: -1\nrepeatMinutes: soon\nseverity: fatal\nforMinute: 1",
        TELL);

    assertThat(hub.printed())
        .containsExactly(
            "routes/alerts/alert-a.camel.yaml:11: windowMinutes: 0 is not from 1 to 1440",
            "routes/alerts/alert-a.camel.yaml:12: everySeconds: 0 is not from 1 to 86400",
            "routes/alerts/alert-a.camel.yaml:13: forMinutes: -1 is not from 0 to 2147483647",
            "routes/alerts/alert-a.camel.yaml:14: parameter 'repeatMinutes' is a whole number, not 'soon'",
            "routes/alerts/alert-a.camel.yaml:15: 'fatal' is not a value of severity;"
                + " known: critical, info, warning",
            "routes/alerts/alert-a.camel.yaml:16: unknown parameter 'forMinute' of kamelet"
                + " alert-source; did you mean 'forMinutes'?");
  }

  @Test
  void an_alert_that_tells_nobody_is_warned_of() {
    alert("alert-a", "dead", "", "- log:\n    message: dead");

    assertThat(hub.printed())
        .containsExactly(
            "routes/alerts/alert-a.camel.yaml:7: route 'alert-a' tells nobody of its alert;"
                + " add a step to inbox:alert, or one of your own");
  }
}
