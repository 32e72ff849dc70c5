package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.SecretFiles;
import hub.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassedCheckTest {
  private static final Fault WARNING = Fault.warning("routes/a.txt", "is = odd:\n'é'", "");

  @TempDir private Path folder;
  private final Map<String, String> environment = new HashMap<>(Map.of("SHOP_KEY", "k-12345"));
  private final Map<String, String> settings = new HashMap<>();
  private List<Fault> found = List.of(WARNING);
  private boolean changeDuringCheck;
  private int checks;

  @BeforeEach
  void layOutAFolder() {
    write("application.properties", "hub.data-dir = data\n");
    write("routes/shop/shop-webhook.camel.yaml", "- route:\n");
    write(".git/info/exclude", ".env\n");
    write(".env", "A=1\n");
    write("routes/shop/note.camel.yaml", "- to: {uri: \"sql:file:sql/note.sql\"}\n");
    write("sql/note.sql", "select 1\n");
    write("routes/shop/select.sql", "select 1\n");
    write("routes/kamelets/a-action.kamelet.yaml", "kind: Kamelet\n");
    write("data/secrets/SHOP_WEBHOOK_SECRET", "whsec_1\n");
    write("store.p12", "store");
    settings.put("camel.ssl.keyStore", "file:" + folder.resolve("store.p12"));
  }

  private void write(String path, String text) {
    try {
      Files.createDirectories(folder.resolve(path).getParent());
      Files.writeString(folder.resolve(path), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file() {
    return folder.resolve("data/check.passed");
  }

  private List<Fault> start() {
    CheckInputs inputs =
        new CheckInputs(
            folder.resolve("routes"),
            folder.resolve("application.properties"),
            new SecretFiles(folder.resolve("data/secrets")),
            new Settings(key -> Optional.ofNullable(settings.get(key))),
            environment);
    return new PassedCheck(folder.resolve("data"), inputs)
        .orElse(
            () -> {
              checks++;
              if (changeDuringCheck) {
                write("routes/shop/shop-webhook.camel.yaml", "- rout:\n");
              }
              return found;
            });
  }

  @Test
  void what_has_passed_is_not_checked_again_and_its_warnings_are_told_each_time() {
    for (int i = 0; i < 3; i++) {
      assertThat(start()).containsExactly(WARNING);
    }
    assertThat(checks).isEqualTo(1);
  }

  @Test
  void an_error_is_checked_again_until_it_is_gone() {
    start();
    write("routes/shop/shop-webhook.camel.yaml", "- rout:\n");
    found = List.of(Fault.error("routes", "is wrong", ""));

    assertThat(start()).isEqualTo(found);
    assertThat(start()).isEqualTo(found);
    assertThat(checks).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application.properties",
        "routes/shop/shop-webhook.camel.yaml",
        "routes/kamelets/a-action.kamelet.yaml",
        "routes/shop/select.sql",
        "sql/note.sql",
        "routes/new.camel.yaml",
        "routes/stray.yml",
        "data/secrets/SHOP_WEBHOOK_SECRET",
        "data/secrets/ANOTHER",
        "routes/shop/migration/V1__note.sql",
        "sql/note.sql",
        ".env",
        ".git/info/exclude"
      })
  void a_file_that_has_changed_is_checked(String path) {
    start();
    write(path, "another text");
    start();

    assertThat(checks).isEqualTo(2);
  }

  @Test
  void a_file_that_is_gone_or_has_another_name_is_checked() throws IOException {
    start();
    Path file = folder.resolve("routes/shop/shop-webhook.camel.yaml");
    Files.move(file, file.resolveSibling("shop-order.camel.yaml"));
    start();
    Files.delete(folder.resolve("store.p12"));
    start();

    assertThat(checks).isEqualTo(3);
  }

  @Test
  void another_variable_or_system_property_is_checked() {
    start();
    environment.put("SHOP_KEY", "k-12346");
    start();
    environment.put("ANOTHER", "");
    start();
    System.setProperty("hub.inbox.retention-days", "soon");
    try {
      start();
    } finally {
      System.clearProperty("hub.inbox.retention-days");
    }
    environment.put("INVOCATION_ID", "1");
    start();
    environment.put("INVOCATION_ID", "2");
    start();

    assertThat(checks).isEqualTo(5);
  }

  @Test
  void the_secret_that_the_first_start_makes_is_no_change() {
    start();
    new SecretFiles(folder.resolve("data/secrets")).makeIfMissing("EXAMPLE_WEBHOOK_SECRET");
    start();

    assertThat(checks).isEqualTo(1);
  }

  @Test
  void a_file_that_changes_during_the_check_is_checked_again() {
    changeDuringCheck = true;
    start();
    write("routes/shop/shop-webhook.camel.yaml", "- route:\n");
    start();

    assertThat(checks).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hash", "salt", "\\u00", "hash=null\nsalt=0"})
  void a_broken_file_means_a_check(String text) throws IOException {
    start();
    Files.writeString(file(), text);
    assertThat(start()).containsExactly(WARNING);
    assertThat(start()).containsExactly(WARNING);

    assertThat(checks).isEqualTo(2);
  }

  @Test
  void a_warning_that_is_taken_out_means_a_check() throws IOException {
    start();
    Files.write(
        file(),
        Files.readAllLines(file()).stream().filter(line -> !line.startsWith("0.")).toList());

    assertThat(start()).containsExactly(WARNING);
    assertThat(checks).isEqualTo(2);
  }

  @Test
  void the_file_of_another_hub_means_a_check() throws IOException {
    start();
    environment.put("SHOP_KEY", "another");
    String another = Files.readString(file());
    start();
    Files.writeString(file(), another);
    start();

    assertThat(checks).isEqualTo(3);
  }

  @Test
  void nothing_readable_of_a_secret_is_stored_and_a_folder_that_cannot_be_written_is_no_fault()
      throws IOException {
    start();
    assertThat(file()).content().doesNotContain("k-12345", "whsec");

    Files.delete(file());
    Files.createDirectory(file());
    write("data/check.passed/in-the-way", "");
    assertThat(start()).containsExactly(WARNING);
  }
}
