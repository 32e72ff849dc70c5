package hub.config.env;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.EnvFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PropertiesComponent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvFileSourceTest {
  @TempDir private Path folder;
  private final DefaultCamelContext context = new DefaultCamelContext();
  private PropertiesComponent properties;

  @BeforeEach
  void readAFile() throws IOException {
    Path file = folder.resolve("application.properties");
    Files.writeString(
        file,
        """
        hub.inbox.retention-days = 30
        camel.main.shutdownTimeout = 30
        camel.server.port = {{env:PORT_OF_ENV_FILE:8080}}
        shop.secret = {{env:SHOP_SECRET_OF_ENV_FILE}}
        shop.other = {{env:NOWHERE_AT_ALL:else}}
        """);
    properties = context.getPropertiesComponent();
    properties.setLocation("file:" + file);
    properties.addPropertiesSource(
        new EnvFileSource(
            Map.of(
                "HUB_INBOX_RETENTION_DAYS", "7",
                "PORT_OF_ENV_FILE", "9090",
                "SHOP_SECRET_OF_ENV_FILE", "a{b}c&d",
                "CAMEL_MAIN_SHUTDOWNTIMEOUT", "5",
                "CAMEL_MAIN_NAME", "mine")));
    context.build();
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  @Test
  void its_variables_count_as_those_of_the_process_do() {
    assertThat(value("hub.inbox.retention-days")).contains("7");
    assertThat(value("HUB_INBOX_RETENTION_DAYS")).contains("7");
    assertThat(value("camel.server.port")).contains("9090");
    assertThat(value("shop.secret")).contains("a{b}c&d");
    assertThat(value("shop.other")).contains("else");
    assertThat(context.resolvePropertyPlaceholders("{{env:PORT_OF_ENV_FILE}}")).isEqualTo("9090");
  }

  @Test
  void camel_finds_its_settings_under_the_keys_of_the_file() {
    Properties camel = properties.loadProperties(name -> name.startsWith("camel.main."));

    assertThat(camel.stringPropertyNames())
        .containsExactlyInAnyOrder("camel.main.shutdownTimeout", "camel.main.name");
    assertThat(camel.getProperty("camel.main.shutdownTimeout")).isEqualTo("5");
    assertThat(camel.getProperty("camel.main.name")).isEqualTo("mine");
  }

  @Test
  void a_property_of_the_process_goes_before() {
    System.setProperty("hub.inbox.retention-days", "9");
    try {
      assertThat(value("hub.inbox.retention-days")).contains("9");
    } finally {
      System.clearProperty("hub.inbox.retention-days");
    }
  }

  @Test
  void camel_finds_it_by_itself() throws IOException {
    try (DefaultCamelContext fresh = new DefaultCamelContext()) {
      fresh.build();

      assertThat(fresh.getPropertiesComponent().getPropertiesSource(EnvFile.NAME))
          .isInstanceOf(EnvFileSource.class);
      EnvFileSource.addTo(fresh);
      assertThat(fresh.getPropertiesComponent().getPropertiesSources())
          .filteredOn(source -> source.getName().equals(EnvFile.NAME))
          .hasSize(1);
    }
  }

  private Optional<String> value(String key) {
    return properties.resolveProperty(key);
  }
}
