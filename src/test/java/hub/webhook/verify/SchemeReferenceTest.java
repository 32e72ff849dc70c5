package hub.webhook.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The reference of schemes names every placeholder, and none that cannot be read. */
class SchemeReferenceTest {
  private static final Path PAGE = Path.of("src/docs/reference/schemes.md");

  @Test
  void every_placeholder_is_told() throws IOException {
    String placeholders = placeholders();

    assertThat(Placeholders.FIXED)
        .allSatisfy(name -> assertThat(placeholders).contains("`{" + name + "}`"));
  }

  private static String placeholders() throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf("## Placeholders");
    return page.substring(start, page.indexOf("## Fields of the event", start));
  }
}
