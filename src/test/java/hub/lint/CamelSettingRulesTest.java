package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CamelSettingRulesTest {
  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
  }

  private void settings(String content) {
    hub.write("application.properties", content);
  }

  @Test
  void unknown_keys_are_told_all_at_once_with_their_lines() {
    settings(
        """
        camel.main.shutdownTimeot = 30
        camel.sever.port = 8080
        camel.health.routesEnable = false
        camel.metrics.colour = red
        camel.component.kamelet.locaton = file:x
        camel.component.kamlet.location = file:x
        """);

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:1: unknown setting 'camel.main.shutdownTimeot';"
                + " did you mean 'camel.main.shutdownTimeout'?",
            "application.properties:2: unknown setting 'camel.sever.port';"
                + " did you mean 'camel.server.port'?",
            "application.properties:3: unknown setting 'camel.health.routesEnable';"
                + " did you mean 'camel.health.routesEnabled'?",
            "application.properties:4: unknown setting 'camel.metrics.colour';"
                + " see Camel's documentation of camel.metrics",
            "application.properties:5: unknown option 'locaton' of component kamelet;"
                + " did you mean 'location'?",
            "application.properties:6: there is no component 'kamlet';"
                + " did you mean 'kamelet'?");
  }

  @Test
  void what_camel_allows_is_let_through() {
    settings(
        """
        camel.main.shutdown-timeout = 30
        camel.rest.corsHeaders[x] = y
        camel.beans.any = #class:hub.Hub
        camel.variable.any = 1
        camel.jbang.dependencies = x
        camel.component.sql.fetchSize = 5
        camel.resilience4j.minimumNumberOfCalls = 5
        camel.vault.aws.region = eu
        """);

    assertThat(hub.printed()).isEmpty();
  }

  @Test
  void values_of_another_kind_are_told() {
    settings(
        """
        camel.main.shutdownTimeout = soon
        camel.main.autoConfigurationFailFast = yes
        camel.server.port = 99999
        """);
    hub.environment("CAMEL_MANAGEMENT_PORT", "many");

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:1: camel.main.shutdownTimeout must be a whole number, not 'soon'",
            "application.properties:2: camel.main.autoConfigurationFailFast must be true or false,"
                + " not 'yes'",
            "application.properties:3: camel.server.port must be a port, 0 to 65535, not '99999'",
            "camel.management.port: CAMEL_MANAGEMENT_PORT must be a whole number, not 'many'");
  }

  @Test
  void a_port_from_the_environment_is_told_by_its_variable() {
    settings("camel.server.port = {{env:PORT:8080}}\n");
    hub.environment("PORT", "99999");

    assertThat(hub.printed())
        .containsExactly("camel.server.port: PORT must be a port, 0 to 65535, not '99999'");
  }

  @Test
  void a_reference_to_a_variable_that_is_not_set_is_told() {
    settings(
        """
        camel.ssl.keystorePassword = {{env:KEYSTORE_PASSWORD}}
        shop.url = {{env:SHOP_URL}}/x
        shop.other = {{env:SHOP_OTHER:}}
        """);

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:1: KEYSTORE_PASSWORD is not set;"
                + " set it, or give it a default: {{env:KEYSTORE_PASSWORD:…}}",
            "application.properties:2: SHOP_URL is not set;"
                + " set it, or give it a default: {{env:SHOP_URL:…}}");
  }

  @Test
  void a_key_store_that_is_not_there_is_told() {
    settings(
        """
        camel.ssl.enabled = true
        camel.ssl.keyStore = file:hub.p12
        camel.ssl.trustStore = hub.p12
        """);

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:2: camel.ssl.keyStore names "
                + root.toAbsolutePath().resolve("hub.p12")
                + ", which is not there; put the store there, or name the one there is",
            "application.properties:3: camel.ssl.trustStore names 'hub.p12', which is not on the"
                + " class path; write file: before the path of a file");
    hub.write("hub.p12", "");
    settings("camel.ssl.enabled = true\ncamel.ssl.keyStore = file:hub.p12\n");
    assertThat(hub.printed()).isEmpty();
  }
}
