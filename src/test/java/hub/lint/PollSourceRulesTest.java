package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PollSourceRulesTest {
  private static final String SOUND =
      "baseUrl: https://api.example.com\nitems: $.data\neventId: $.id\n";

  @TempDir Path root;
  private HubFolder hub;

  @BeforeEach
  void open() throws IOException {
    hub = new HubFolder(root);
  }

  private HubFolder poll(String id, String source, String parameters) {
    return hub.write(
        "routes/crm/" + id + ".camel.yaml",
        """
        - route:
            id: %s
            description: Polls.
            from:
              uri: kamelet:poll-source
              parameters:
                source: %s
        """
                .formatted(id, source)
            + parameters.indent(8)
            + """
              steps:
                - log:
                    message: "${variable.providerEventId}"
        """);
  }

  @Test
  void a_complete_poll_feeds_its_inbox_and_has_no_faults() {
    poll(
        "crm-poll",
        "crm",
        SOUND
            + "cursor: $.updated\ncursorQuery: since\nnext: link\norder: newest-first\n"
            + "eventType: \"'contact'\"\nauth: bearer\nsecret: CRM_KEY");
    hub.write(
        "routes/crm/crm-note.camel.yaml",
        """
        - route:
            id: crm-note
            description: Notes.
            from:
              uri: inbox:crm
              steps:
                - log:
                    message: "${body}"
        """);
    assertThat(hub.printed()).isEmpty();
  }

  @Test
  void what_is_missing_or_needs_something_else_is_told() {
    poll("crm-poll", "crm", "cursorQuery: since\nnextQuery: page\nauth: bearer");
    assertThat(hub.printed())
        .anyMatch(line -> line.contains("needs parameter 'items'"))
        .anyMatch(line -> line.contains("needs parameter 'eventId'"))
        .anyMatch(line -> line.contains("needs parameter 'baseUrl'"))
        .anyMatch(line -> line.contains(":8: cursorQuery is given without 'cursor'"))
        .anyMatch(line -> line.contains(":9: nextQuery is given without 'next'"))
        .anyMatch(line -> line.contains(":10: auth: bearer needs 'secret'"));
  }

  @Test
  void values_that_mean_nothing_are_told() {
    poll(
        "crm-poll",
        "crm",
        "baseUrl: crm.example.com\nitems: data\neventId: $.a[\neverySeconds: 0\nmaxPages: 0\n"
            + "order: sideways\nnext: next\nauth: key\npath: /v1/{customer}");
    assertThat(hub.printed())
        .anyMatch(line -> line.contains(":8: baseUrl: 'crm.example.com' is no http or https"))
        .anyMatch(line -> line.contains(":9: items: 'data' is no JSONPath"))
        .anyMatch(line -> line.contains(":10: eventId: '$.a[' is no JSONPath"))
        .anyMatch(line -> line.contains(":11: everySeconds: 0 is not from 1"))
        .anyMatch(line -> line.contains(":12: maxPages: 0 is not from 1"))
        .anyMatch(line -> line.contains(":13: 'sideways' is not a value of order"))
        .anyMatch(line -> line.contains(":14: next: 'next' is neither link nor a JSONPath"))
        .anyMatch(line -> line.contains(":15: 'key' is not a value of auth"))
        .anyMatch(line -> line.contains(":16: path: nothing sets the variable 'customer' here"));
  }

  @Test
  void two_polls_of_one_source_are_told() {
    poll("crm-a", "crm", SOUND);
    poll("crm-b", "crm", SOUND);
    assertThat(hub.printed())
        .containsExactly(
            "routes/crm/crm-b.camel.yaml:7: source 'crm' is polled by routes/crm/crm-a.camel.yaml:7,"
                + " and has one cursor; give one of them another source");
  }
}
