package hub.identity.login;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client secret that changes while the hub runs. */
class ClientSecretTest {
  @TempDir Path folder;

  @Test
  void the_one_of_today_is_shown() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("providers.yaml"),
            """
            acme:
              issuer: https://login.acme.example
              client-id: hub
              client-secret: "{{ACME_SECRET}}"
            """);
    Map<String, String> values = new HashMap<>(Map.of("ACME_SECRET", "old"));
    LoginProvider acme =
        ProvidersFile.read(file, new Settings(name -> Optional.ofNullable(values.get(name))))
            .get("acme");
    assertThat(acme.clientSecret()).contains("old");

    values.put("ACME_SECRET", "new");

    assertThat(acme.clientSecret()).contains("new");
  }
}
