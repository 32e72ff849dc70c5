package hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.config.Settings;
import hub.testing.Store;
import hub.testing.TestHub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A hub with variables that a folder of one's own declares, and one without such files. */
class VariablesTest {
  private static final String ASK =
      """
      - route:
          id: shop-ask
          description: Tells what is set.
          from:
            uri: direct:shop-ask
            steps:
              - setBody:
                  expression:
                    constant:
                      expression: "{{SHOP_API_BASE}} {{SHOP_COUNTRY}}"
      """;

  private static String variables() throws Exception {
    Matcher shown =
        Pattern.compile("(?s)<!-- variables shop -->\n   ```yaml\n(.*?)\n   ```")
            .matcher(Files.readString(Path.of("src/docs/how-to/declare-variables.md")));
    assertThat(shown.find()).isTrue();
    return shown.group(1).replaceAll("(?m)^ {3}", "") + "\n";
  }

  private static String ask(TestHub hub) {
    return hub.context().createProducerTemplate().requestBody("direct:shop-ask", "", String.class);
  }

  @Test
  void a_default_holds_until_a_value_is_set() throws Exception {
    try (TestHub hub =
        TestHub.on(Store.H2)
            .route("shop/shop-ask", ASK)
            .beside("shop/variables.yaml", variables())
            .with("SHOP_COUNTRY", "fr")
            .start()) {
      assertThat(ask(hub)).isEqualTo("https://api.shop.example fr");

      Settings settings =
          hub.context().getRegistry().lookupByNameAndType(Settings.BEAN, Settings.class);
      assertThat(settings.text("SHOP_API_BASE")).isEqualTo("https://api.shop.example");
      assertThat(settings.text("SHOP_COUNTRY")).isEqualTo("fr");
    }
  }

  @Test
  void a_file_of_the_secrets_folder_goes_before_a_default() throws Exception {
    try (TestHub hub =
        TestHub.on(Store.H2)
            .route("shop/shop-ask", ASK)
            .beside("shop/variables.yaml", variables())
            .secretFile("SHOP_API_BASE", "https://other.example")
            .start()) {
      Settings settings =
          hub.context().getRegistry().lookupByNameAndType(Settings.BEAN, Settings.class);

      assertThat(settings.text("SHOP_API_BASE")).isEqualTo("https://other.example");
    }
  }

  @Test
  void a_folder_without_the_file_has_the_variables_of_the_jar() {
    try (TestHub hub = TestHub.on(Store.H2).dev().route("shop/shop-ask", ofTheJar()).start()) {
      assertThat(ask(hub)).isEqualTo("https://api.stripe.com auto");
    }
  }

  private static String ofTheJar() {
    return ASK.replace("SHOP_API_BASE", "STRIPE_API_BASE")
        .replace("SHOP_COUNTRY", "hub.stripe.livemode");
  }

  @Test
  void the_source_of_the_hubs_own_events_is_refused_without_a_lint_too() {
    String poll =
        """
        - route:
            id: shop-poll
            description: Takes events.
            from:
              uri: kamelet:poll-source
              parameters:
                source: hub
                baseUrl: http://localhost:9
                items: $[*]
                eventId: $.id
              steps:
                - log:
                    message: x
        """;

    assertThatThrownBy(() -> TestHub.on(Store.H2).route("shop-poll", poll).start())
        .hasStackTraceContaining("source 'hub' is that of the hub's own events; choose another");
  }
}
