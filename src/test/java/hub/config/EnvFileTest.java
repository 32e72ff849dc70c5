package hub.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvFileTest {
  @TempDir private Path folder;

  private EnvFile read(String content) throws IOException {
    return EnvFile.read(Files.writeString(folder.resolve(".env"), content));
  }

  @Test
  void values_are_read_with_and_without_quotes() throws IOException {
    EnvFile file =
        read(
            """
            \uFEFF# comment
            PLAIN=whsec_a+b/c==
              export SPACED = two words   # said aside

            HASH=a#b
            EMPTY=
            ONLY_COMMENT=   # nothing
            SINGLE='  as it \\n is # $HOME ' # aside
            DOUBLE="a \\"quote\\", a \\\\, a \\$, a\\nbreak, a \\d" # aside
            TWICE=1
            TWICE=2
            """);

    assertThat(file.malformed()).isEmpty();
    assertThat(file.problem()).isEmpty();
    assertThat(file.under(Map.of()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "PLAIN", "whsec_a+b/c==",
                "SPACED", "two words",
                "HASH", "a#b",
                "EMPTY", "",
                "ONLY_COMMENT", "",
                "SINGLE", "  as it \\n is # $HOME ",
                "DOUBLE", "a \"quote\", a \\, a $, a\nbreak, a \\d",
                "TWICE", "2"));
    assertThat(file.variables().get("TWICE").line()).isEqualTo(11);
  }

  @Test
  void malformed_lines_are_told_by_their_number_and_nothing_in_them_is_shown() throws IOException {
    EnvFile file =
        read("A=1\nsk_live_secret\nB='open\nC=\"a\" and more\n=d\n1X=2\nexport\nD-E.F=right\n");

    assertThat(file.malformed()).containsExactly(2, 3, 4, 5, 6, 7);
    assertThat(file.variables()).containsOnlyKeys("A", "D-E.F");
    assertThat(file.toString()).doesNotContain("secret", "right");
  }

  @Test
  void the_process_wins_and_an_absent_file_gives_nothing() throws IOException {
    assertThat(read("A=file\nB=file\n").under(Map.of("A", "process")))
        .containsExactlyInAnyOrderEntriesOf(Map.of("A", "process", "B", "file"));
    assertThat(EnvFile.read(folder.resolve("none")).under(Map.of())).isEmpty();
  }

  @Test
  void bytes_that_are_no_text_are_told() throws IOException {
    Path file =
        Files.write(folder.resolve(".env"), new byte[] {'A', '=', (byte) 0xFF, (byte) 0xFE});

    assertThat(EnvFile.read(file).problem()).contains("is not UTF-8");
  }
}
