package hub.policies;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.junit.jupiter.api.Test;

class ShippedRoutesTest {
  @Test
  void every_shipped_route_starts_bears_its_files_name_and_gets_the_policy_it_names() {
    try (TestHub hub = TestHub.on(Store.H2).start()) {
      Model model = hub.context().getCamelContextExtension().getContextPlugin(Model.class);
      for (Route route : hub.context().getRoutes()) {
        RouteDefinition definition = model.getRouteDefinition(route.getRouteId());
        if (route.getSourceLocation() == null || route.isCreatedByKamelet()) {
          continue;
        }
        String file = Path.of(definition.getResource().getLocation()).getFileName().toString();
        assertThat(file).isEqualTo(route.getRouteId() + ".camel.yaml");
        assertThat(route.getDescription()).as(file).endsWith(".");
        if (definition.getRouteConfigurationId() != null) {
          assertThat(definition.getAppliedRouteConfigurationIds())
              .as(file)
              .containsExactly(definition.getRouteConfigurationId());
        }
      }
      assertThat(hub.context().getRoute("stripe-subscription-deleted")).isNotNull();
    }
  }

  /** Those of the providers are made by their Kamelets. */
  private static final Set<String> OTHERS = Set.of("kamelets");

  @Test
  void no_line_of_a_shipped_route_is_longer_than_a_screen_shows() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("routes"))) {
      List<Path> routes =
          files
              .filter(file -> file.toString().endsWith(".camel.yaml"))
              .filter(file -> !OTHERS.contains(file.getParent().getFileName().toString()))
              .toList();
      assertThat(routes).hasSizeGreaterThan(30);
      for (Path file : routes) {
        assertThat(Files.readAllLines(file))
            .as(file.toString())
            .allMatch(line -> line.length() <= 120);
      }
    }
  }
}
