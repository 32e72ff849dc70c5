package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatchUpSourceRulesTest {
  private static final String STRIPE = "source: stripe\nprovider: stripe\n";

  @TempDir Path root;
  private HubFolder hub;

  @BeforeEach
  void open() throws IOException {
    hub = new HubFolder(root);
  }

  /** Its parameters start in line 7. */
  private HubFolder catchUp(String parameters) {
    return hub.write(
        "routes/shop/shop-catch-up.camel.yaml",
        """
        - route:
            id: shop-catch-up
            description: Fetches what was missed.
            from:
              uri: kamelet:catch-up-source
              parameters:
        """
            + parameters.strip().indent(8)
            + """
              steps:
                - log:
                    message: "${variable.providerEventId}"
        """);
  }

  @Test
  void complete_catch_ups_of_all_providers_have_no_faults() {
    for (String parameters :
        new String[] {
          STRIPE,
          "source: github\nprovider: github\npath: /orgs/acme/hooks/7/deliveries\nsecret: GITHUB_TOKEN",
          "source: github\nprovider: github\npath: /repos/acme/shop/hooks/7/deliveries\n"
              + "auth: github-app\nappId: \"1\"\ninstallationId: \"2\"\nprivateKey: APP_KEY",
          "source: github\nprovider: github\npath: /app/hook/deliveries\n"
              + "auth: github-app\nappId: \"1\"\nprivateKey: APP_KEY",
          "source: shop\nprovider: http\nbaseUrl: https://api.example.com\nitems: $.data\n"
              + "eventId: $.id\neventTime: $.at\nnext: $.next\nnextQuery: page\n"
              + "auth: client-credentials\ntokenUrl: https://login.example.com/token\n"
              + "clientId: CRM_ID\nclientSecret: CRM_SECRET"
        }) {
      catchUp(parameters);
      assertThat(hub.printed()).as(parameters).isEmpty();
    }
  }

  @Test
  void numbers_out_of_range_are_told() {
    catchUp(STRIPE + "everyMinutes: 0\nlookbackHours: 0\nolderThanMinutes: -1");
    assertThat(hub.printed())
        .anyMatch(line -> line.contains(":9: everyMinutes: 0 is not from 1 to 44640; write"))
        .anyMatch(line -> line.contains(":10: lookbackHours: 0 is not from 1 to 720"))
        .anyMatch(line -> line.contains(":11: olderThanMinutes: -1 is not from 0"));
  }

  @Test
  void a_look_back_that_nothing_fits_into_is_told() {
    catchUp(STRIPE + "lookbackHours: 1\nolderThanMinutes: 60");
    assertThat(hub.printed())
        .anyMatch(
            line ->
                line.contains(":9: lookbackHours is not longer than olderThanMinutes")
                    && line.contains("write more than 1 hours"));
    catchUp(STRIPE + "lookbackHours: 1\nolderThanMinutes: 20");
    assertThat(hub.printed())
        .anyMatch(line -> line.contains(":9: a run each 60 minutes looks at 40 minutes"));
  }

  @Test
  void a_look_back_beyond_what_the_hub_or_the_provider_keeps_is_told() {
    hub.write("application.properties", "hub.inbox.retention-days=60\n");
    catchUp(STRIPE + "lookbackHours: 721");
    assertThat(hub.printed())
        .anyMatch(line -> line.contains(":9: lookbackHours: stripe keeps its events for 30 days"))
        .anyMatch(line -> line.contains("write 720 or less"));
    hub.write("application.properties", "hub.inbox.retention-days=2\n");
    catchUp(STRIPE + "lookbackHours: 72");
    assertThat(hub.printed())
        .anyMatch(line -> line.contains(":9: lookbackHours: 72 is not from 1 to 48"));
  }

  @Test
  void what_a_provider_needs_or_does_not_use_is_told() {
    catchUp(STRIPE + "path: /v1/events\nitems: $.data");
    assertThat(hub.printed())
        .anyMatch(line -> line.contains(":9: path is not used with provider: stripe"))
        .anyMatch(line -> line.contains(":10: items is not used with provider: stripe"));
    catchUp("source: github\nprovider: github\nitems: $.data");
    assertThat(hub.printed())
        .anyMatch(line -> line.contains(":5: provider: github needs 'path'"))
        .anyMatch(line -> line.contains("auth: bearer needs 'secret'"))
        .anyMatch(line -> line.contains(":9: items is not used with provider: github"));
    catchUp("source: github\nprovider: github\npath: /repos/acme/shop/hooks\nsecret: GITHUB_TOKEN");
    assertThat(hub.printed())
        .anyMatch(line -> line.contains(":9: path: '/repos/acme/shop/hooks' is not that of a"));
    catchUp(
        "source: shop\nprovider: http\nsecret: KEY\neventTime: at\nnext: link\nnextQuery: page\n"
            + "path: /{shop}");
    assertThat(hub.printed())
        .anyMatch(line -> line.contains(":5: kamelet catch-up-source needs parameter 'baseUrl'"))
        .anyMatch(line -> line.contains(":5: provider: http needs 'items'"))
        .anyMatch(line -> line.contains(":5: provider: http needs 'eventId'"))
        .anyMatch(line -> line.contains(":9: secret is given, and auth says that none is sent"))
        .anyMatch(line -> line.contains(":10: eventTime: 'at' is no JSONPath"))
        .anyMatch(line -> line.contains(":12: nextQuery is given, and next: link"))
        .anyMatch(line -> line.contains(":13: path: nothing sets the variable 'shop' here"));
  }

  @Test
  void a_type_that_no_handler_takes_is_told() {
    hub.write(
        "routes/shop/shop-note.camel.yaml",
        """
        - route:
            id: shop-note
            description: Notes.
            from:
              uri: inbox:stripe
              parameters:
                types: invoice.paid,customer.*
              steps:
                - log:
                    message: noted
        """);
    hub.write(
        "routes/stripe/stripe-webhook.camel.yaml",
        HubFolder.webhookRoute("stripe-webhook", "source: stripe\nscheme: stripe\noptional: true\n")
            .replace("inbox:shop", "inbox:stripe"));
    catchUp(STRIPE + "types: 'invoice.payed,customer.created,invoice.*'");
    assertThat(hub.printed())
        .singleElement()
        .asString()
        .contains(":9: no handler of inbox:stripe takes the type 'invoice.payed'")
        .contains("did you mean 'invoice.paid'?");
  }
}
