package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteRulesTest {
  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
  }

  private static final String NO_STEPS = "    from:\n      uri: timer:tick\n      steps: []\n";

  @Test
  void a_route_without_id_or_description_is_told() {
    hub.write("routes/a.camel.yaml", "- route:\n" + NO_STEPS);

    assertThat(hub.printed())
        .containsExactly(
            "routes/a.camel.yaml:1: the route has no id; add 'id: a', the file's name",
            "routes/a.camel.yaml:1: route 'the route in routes/a.camel.yaml:1' has no description;"
                + " say in one sentence what it does");
  }

  @Test
  void a_route_is_called_as_its_file() {
    hub.write("routes/a.camel.yaml", "- route:\n    id: b\n    description: X.\n" + NO_STEPS);

    assertThat(hub.printed())
        .containsExactly(
            "routes/a.camel.yaml:2: route 'b' stands in a file of another name;"
                + " name the file b.camel.yaml or the route a");
  }

  @Test
  void a_second_route_in_a_file_is_warned_of() {
    hub.write(
        "routes/a.camel.yaml",
        "- route:\n    id: a\n    description: X.\n"
            + NO_STEPS
            + "- route:\n    id: b\n    description: X.\n"
            + NO_STEPS);

    assertThat(hub.faults())
        .containsExactly(
            Fault.warning(
                "routes/a.camel.yaml:7",
                "a second route in one file",
                "move 'b' to a file of its own"));
  }

  @Test
  void an_id_is_taken_once() {
    String route = "- route:\n    id: a\n    description: X.\n" + NO_STEPS;
    hub.write("routes/x/a.camel.yaml", route).write("routes/y/a.camel.yaml", "\n" + route);

    assertThat(hub.printed())
        .containsExactly(
            "routes/y/a.camel.yaml:3: route id 'a' is taken by routes/x/a.camel.yaml:2;"
                + " give one of them another id");
  }

  @Test
  void a_step_id_is_taken_once_over_all_routes() {
    hub.route("a", "timer:a", "- log:\n    id: fx\n    message: a\n")
        .route(
            "b",
            "timer:b",
            """
            - choice:
                when:
                  - id: a
                    expression: {simple: {expression: "${body} != null"}}
                    steps:
                      - log:
                          id: fx
                          message: b
            """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/b.camel.yaml:9: step id 'a' is taken by routes/shop/a.camel.yaml:2; give"
                + " the newer one another id; an id is unique over all routes and their steps",
            "routes/shop/b.camel.yaml:13: step id 'fx' is taken by routes/shop/a.camel.yaml:8; give"
                + " the newer one another id; an id is unique over all routes and their steps");
  }

  @Test
  void a_policy_that_is_not_there_is_told() {
    hub.write(
            "routes/a.camel.yaml",
            "- route:\n    id: a\n    description: X.\n    routeConfigurationId: retry-then-prk\n"
                + NO_STEPS)
        .write(
            "routes/policies/retry.camel.yaml", "- routeConfiguration:\n    id: retry-then-park\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/a.camel.yaml:4: there is no routeConfiguration 'retry-then-prk';"
                + " did you mean 'retry-then-park'?");
  }

  @Test
  void a_bare_from_is_told() {
    hub.write("routes/a.camel.yaml", "- from:\n    uri: timer:tick\n    steps: []\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/a.camel.yaml:1: a bare 'from' has neither id nor description;"
                + " write '- route:' with id, description and from");
  }

  @Test
  void other_yaml_is_reported() {
    hub.write("routes/shop.yaml", "a: 1\n").write("routes/shop/x.kamelet.yaml", "a: 1\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop.yaml: is neither a route nor a Kamelet and is not read;"
                + " name it shop.camel.yaml, or move it elsewhere",
            "routes/shop/x.kamelet.yaml: is neither a route nor a Kamelet and is not read;"
                + " move it to routes/kamelets");
  }
}
