package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvFileRulesTest {
  private static final String SECRET = "sk_live_that_nobody_may_see";
  private static final String NOT_IGNORED =
      ".env: is not ignored by git, so a commit may take its secrets along;"
          + " add the line /.env to .gitignore";

  @TempDir private Path root;
  private HubFolder hub;

  @BeforeEach
  void layOut() throws IOException {
    hub = new HubFolder(root.resolve("apps/hub"));
    env("SHOP_SECRET=" + SECRET + "\n");
  }

  private void env(String content) throws IOException {
    hub.write(".env", content);
    Files.setPosixFilePermissions(
        root.resolve("apps/hub/.env"), PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void a_secret_of_the_file_is_set() throws IOException {
    hub.webhook("source: shop\nscheme: bearer\nsecrets: SHOP_SECRET\neventId: $.id\n");
    assertThat(hub.printed()).isEmpty();

    env("");
    assertThat(hub.printed())
        .singleElement()
        .asString()
        .startsWith("routes/shop/shop-webhook.camel.yaml:9: SHOP_SECRET is not set");
  }

  @Test
  void a_wrong_value_is_told_at_its_line_and_a_variable_of_the_process_at_its_name()
      throws IOException {
    env("# mine\nHUB_INBOX_RETENTION_DAYS=soon\n");
    assertThat(hub.printed())
        .singleElement()
        .asString()
        .startsWith(".env:2: HUB_INBOX_RETENTION_DAYS must be ");

    hub.environment("HUB_INBOX_RETENTION_DAYS", "later");
    assertThat(hub.printed())
        .singleElement()
        .asString()
        .startsWith("hub.inbox.retention-days: HUB_INBOX_RETENTION_DAYS must be ");
  }

  @Test
  void a_line_that_cannot_be_read_is_told_without_what_is_in_it() throws IOException {
    env("A=1\n" + SECRET + "\n");

    assertThat(hub.printed())
        .containsExactly(
            ".env:2: is no NAME=value;"
                + " write a name of letters, digits and _, and close quotes on the same line");
  }

  @Test
  void a_file_that_everybody_may_read_is_warned_of() throws IOException {
    Files.setPosixFilePermissions(
        root.resolve("apps/hub/.env"), PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(hub.faults())
        .containsExactly(
            Fault.warning(
                ".env", "every user of this machine can read it", "run 'chmod 600 .env'"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".env",
        "*.env",
        ".env*",
        ".*",
        "apps/hub/.env",
        "/apps/*/.env",
        "**/.env",
        "apps/",
        "/apps/**",
        "hub",
        "[.]env",
        "# x\n*\n!.gitignore",
        ".en?"
      })
  void git_ignores_it_by(String pattern) throws IOException {
    git(pattern);

    assertThat(hub.printed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/.env", "hub/.env", ".env/", "env", "*.env\n!.env", "# .env", "apps/.env"})
  void git_does_not_ignore_it_by(String pattern) throws IOException {
    git(pattern);

    assertThat(hub.printed()).containsExactly(NOT_IGNORED);
  }

  @Test
  void lists_of_inner_folders_and_of_the_repository_count() throws IOException {
    git("");
    hub.write(".gitignore", "/.env\n");
    assertThat(hub.printed()).isEmpty();

    hub.write(".gitignore", "");
    assertThat(hub.printed()).containsExactly(NOT_IGNORED);
    Files.createDirectories(root.resolve(".git/info"));
    Files.writeString(root.resolve(".git/info/exclude"), ".env\n");
    assertThat(hub.printed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"apps/hub/.env, true", "apps/hub/.envrc, false", "other/apps/hub/.env, false"})
  void a_file_that_git_keeps_is_warned_of_though_it_is_ignored(String name, boolean isKept)
      throws IOException {
    git(".env");
    Files.write(root.resolve(".git/index"), index(name));

    assertThat(hub.printed()).hasSize(isKept ? 1 : 0);
    if (isKept) {
      assertThat(hub.printed().get(0))
          .startsWith(".env: is kept by git, so everybody who has the repository has its secrets");
    }
  }

  private void git(String ignored) throws IOException {
    Files.createDirectories(root.resolve(".git"));
    Files.writeString(root.resolve(".gitignore"), ignored + "\n");
  }

  /** As git writes it, with one entry: 62 bytes, the last two of them flags with the length. */
  private static byte[] index(String name) throws IOException {
    ByteArrayOutputStream index = new ByteArrayOutputStream();
    index.write(new byte[] {'D', 'I', 'R', 'C', 0, 0, 0, 2, 0, 0, 0, 1});
    index.write(new byte[60]);
    index.write(new byte[] {0, (byte) name.length()});
    index.write(name.getBytes(StandardCharsets.UTF_8));
    index.write(new byte[8]);
    return index.toByteArray();
  }
}
