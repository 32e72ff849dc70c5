package hub.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectFilesTest {
  @TempDir Path folder;

  @Test
  void what_editors_put_beside_a_file_is_no_file_of_the_project_and_links_are_followed()
      throws IOException {
    Path routes = Files.createDirectories(folder.resolve("routes/shop")).getParent();
    for (String name :
        new String[] {"a.camel.yaml", ".a.camel.yaml.swp", "a.camel.yaml~", "4913", "#a#"}) {
      Files.writeString(routes.resolve("shop").resolve(name), "text");
    }
    Path elsewhere = Files.writeString(folder.resolve("b"), "linked");
    Files.createSymbolicLink(routes.resolve("b.camel.yaml"), elsewhere);
    Path settings = Files.writeString(folder.resolve("application.properties"), "A = 1\n");
    ProjectFiles files = ProjectFiles.read(routes, settings);
    String[] own = {ProjectFiles.SETTINGS, "b.camel.yaml", "shop/a.camel.yaml"};
    // Besides, there is what the jar ships.
    assertThat(files.texts().keySet())
        .filteredOn(name -> !name.matches("(kamelets|policies)/.*"))
        .containsExactlyInAnyOrder(own);
    assertThat(files.texts()).containsEntry("b.camel.yaml", "linked");
    assertThat(files.settings()).containsEntry("A", "1");
    assertThat(ProjectFiles.stamps(routes, settings)).containsOnlyKeys(own);
  }
}
