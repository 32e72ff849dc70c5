package hub;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.ShippedRoutes;
import hub.testing.Store;
import hub.testing.TestHub;
import org.apache.camel.model.ModelCamelContext;
import org.junit.jupiter.api.Test;

/** Kamelets and policies of the jar, and files that stand in place of them. */
class ShippedRoutesStartTest {
  @Test
  void every_hub_has_the_policies_of_the_jar() {
    try (TestHub hub = TestHub.on(Store.H2).dev().route("tick", tick("tick")).start()) {
      ModelCamelContext context = (ModelCamelContext) hub.context();

      assertThat(context.getRouteConfigurationDefinition("retry-then-park")).isNotNull();
      assertThat(context.getRouteConfigurationDefinition("*")).isNotNull();
    }
  }

  @Test
  void a_policy_of_ones_own_wins_by_its_name_or_by_its_id() {
    String shipped = ShippedRoutes.text("policies/retry-then-park.camel.yaml").orElseThrow();
    String own = shipped.replace("Two more", "Mine, two more");
    try (TestHub hub =
        TestHub.on(Store.H2)
            .dev()
            .route("tick", tick("tick"))
            .route("policies/retry-then-park", own)
            .route(
                "policies/mine",
                ShippedRoutes.text("policies/every-route.camel.yaml").orElseThrow())
            .start()) {
      ModelCamelContext context = (ModelCamelContext) hub.context();

      assertThat(context.getRouteConfigurationDefinition("retry-then-park").getDescriptionText())
          .startsWith("Mine");
      assertThat(context.getRouteConfigurationDefinitions()).hasSize(2);
    }
  }

  private static String tick(String id) {
    return """
        - route:
            id: %s
            description: Does nothing.
            routeConfigurationId: retry-then-park
            from:
              uri: direct:%s
              steps:
                - log:
                    message: tick
        """
        .formatted(id, id);
  }
}
