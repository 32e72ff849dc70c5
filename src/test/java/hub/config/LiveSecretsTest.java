package hub.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of secrets, check by check. */
class LiveSecretsTest {
  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private LiveSecrets secrets;

  @BeforeEach
  void open() throws IOException {
    write("A", "first");
    write("B", "second");
    secrets = reopened();
  }

  private LiveSecrets reopened() {
    return new LiveSecrets(
        name -> Optional.ofNullable(environment.get(name)), new SecretFiles(folder));
  }

  private void write(String name, String value) throws IOException {
    Files.writeString(folder.resolve(name), value + "\n");
  }

  private SecretChanges lookTwice() {
    SecretChanges first = secrets.look();
    return first.and(secrets.look());
  }

  @Test
  void a_change_counts_when_two_looks_find_it_the_same() throws IOException {
    write("A", "hal");
    assertThat(secrets.look().taken()).isEmpty();
    write("A", "half and whole");
    assertThat(secrets.look().taken()).isEmpty();
    assertThat(secrets.value("A")).contains("first");

    assertThat(secrets.look().taken()).containsExactly("A");

    assertThat(secrets.value("A")).contains("half and whole");
    assertThat(secrets.look())
        .isEqualTo(new SecretChanges(Map.<String, String>of().keySet(), Map.of()));
  }

  @Test
  void what_is_right_is_taken_beside_what_is_wrong_which_is_told_once() throws IOException {
    secrets.whenChanged(
        "A",
        value -> {
          throw new IllegalArgumentException("is not to my liking");
        });
    List<String> given = new ArrayList<>();
    secrets.whenChanged("B", value -> () -> given.add(value + secrets.value("B").orElse("")));
    write("A", "third");
    write("B", "fourth");

    SecretChanges changes = lookTwice();

    assertThat(changes.taken()).containsExactly("B");
    assertThat(changes.kept()).isEqualTo(Map.of("A", "is not to my liking"));
    assertThat(given)
        .as("the new value is in force when it is put to use")
        .containsExactly("fourthfourth");
    assertThat(secrets.value("A")).contains("first");
    assertThat(lookTwice().kept()).isEmpty();
    assertThat(secrets.readAgain(Map.of()).kept()).containsOnlyKeys("A");
  }

  @Test
  void a_value_that_one_of_its_users_refuses_reaches_none() throws IOException {
    List<String> given = new ArrayList<>();
    secrets.whenChanged("A", value -> () -> given.add(value));
    secrets.whenChanged(
        "A",
        value -> {
          throw new IllegalArgumentException("no");
        });
    write("A", "third");

    lookTwice();

    assertThat(given).isEmpty();
    assertThat(secrets.value("A")).contains("first");
  }

  @Test
  void what_cannot_be_judged_now_is_judged_again() throws IOException {
    boolean[] away = {true};
    secrets.whenChanged(
        "A",
        value -> {
          if (away[0]) {
            throw new IllegalStateException("the store is away");
          }
          return () -> {};
        });
    write("A", "third");
    assertThat(lookTwice().kept().get("A")).startsWith("cannot be judged now");
    assertThat(lookTwice().kept()).as("told once").isEmpty();

    away[0] = false;

    assertThat(secrets.look().taken()).containsExactly("A");
  }

  @Test
  void a_file_that_is_gone_empty_or_no_text_leaves_the_old_value() throws IOException {
    write("C", "third");
    secrets = reopened();
    Files.delete(folder.resolve("A"));
    write("B", " ");
    Files.write(folder.resolve("C"), new byte[] {(byte) 0xff, (byte) 0xfe});

    Map<String, String> kept = lookTwice().kept();

    assertThat(kept.get("A")).startsWith("is gone");
    assertThat(kept.get("B")).startsWith("is empty");
    assertThat(kept.get("C")).startsWith("cannot be read");
    assertThat(secrets.value("A")).contains("first");
    assertThat(secrets.value("B")).contains("second");
    assertThat(secrets.value("C")).contains("third");
  }

  @Test
  void a_secret_of_the_hubs_own_settings_stands_on_one_line() throws IOException {
    write("RESEND_API_KEY", "re_1\nre_2");
    write("SOME_PRIVATE_KEY", "-----BEGIN\nEND-----");

    SecretChanges changes = lookTwice();

    assertThat(changes.kept()).containsOnlyKeys("RESEND_API_KEY");
    assertThat(changes.kept().get("RESEND_API_KEY")).contains("line break").doesNotContain("re_");
    assertThat(changes.taken()).containsExactly("SOME_PRIVATE_KEY");
  }

  @Test
  void a_variable_goes_before_a_file() throws IOException {
    environment.put("A", "of the environment");
    assertThat(secrets.value("A")).contains("of the environment");
    write("A", "third");

    assertThat(lookTwice().kept().get("A")).contains("goes before the file");
    assertThat(secrets.value("A")).contains("of the environment");
  }

  @Test
  void properties_are_taken_when_they_are_read_again() {
    environment.put("P", "old");
    environment.put("GONE", "still needed");

    SecretChanges changes =
        secrets.readAgain(
            Map.of("P", Optional.of("new"), "GONE", Optional.empty(), "Q", Optional.of("more")));

    assertThat(changes.taken()).containsExactly("P", "Q");
    assertThat(changes.kept()).containsOnlyKeys("GONE");
    assertThat(secrets.value("P")).contains("new");
    assertThat(secrets.value("Q")).contains("more");
    assertThat(secrets.value("GONE")).contains("still needed");
    assertThat(secrets.readAgain(Map.of("P", Optional.of("new"))).taken()).isEmpty();
  }

  @Test
  void a_file_that_cannot_be_read_at_the_start_fails_where_it_is_needed() throws IOException {
    Files.write(folder.resolve("C"), new byte[] {(byte) 0xff});
    secrets = reopened();

    assertThatThrownBy(() -> secrets.value("C"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("hub.secrets-dir: cannot read the file");

    write("C", "third");
    assertThat(lookTwice().taken()).containsExactly("C");
    assertThat(secrets.value("C")).contains("third");
  }

  @Test
  void links_that_are_exchanged_and_hidden_files_are_read_as_platforms_mean_them()
      throws IOException {
    Path one = Files.createDirectory(folder.resolve("..2026_1"));
    Files.writeString(one.resolve("K"), "old");
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_1"));
    Files.createSymbolicLink(folder.resolve("K"), Path.of("..data/K"));
    secrets = reopened();
    Path two = Files.createDirectory(folder.resolve("..2026_2"));
    Files.writeString(two.resolve("K"), "new");
    Files.delete(folder.resolve("..data"));
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_2"));

    assertThat(lookTwice().taken()).containsExactly("K");
    assertThat(secrets.value("K")).contains("new");
  }
}
