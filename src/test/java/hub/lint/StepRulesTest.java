package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepRulesTest {
  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
  }

  private void steps(String steps) {
    hub.route("a", "timer:tick", steps);
  }

  private void file(String content) {
    hub.write("routes/a.camel.yaml", content);
  }

  @Test
  void an_unclosed_expression_in_a_message_is_told() {
    steps(
        """
        - log:
            message: "hello ${variable.name"
        - filter:
            expression:
              simple: {expression: "${body} == null"}
            steps:
              - throwException:
                  exceptionType: java.lang.IllegalStateException
                  message: "no ${header.nope"
        - setVariable:
            name: name
            expression:
              constant: {expression: Ada}
        - log:
            message: "hello ${variable.name}, {{shop.name:Ada}}"
        """);

    assertThat(hub.printed())
        .hasSize(2)
        .allMatch(text -> text.contains("simple cannot be read"))
        .anyMatch(text -> text.startsWith("routes/shop/a.camel.yaml:8: "))
        .anyMatch(text -> text.startsWith("routes/shop/a.camel.yaml:15: "));
  }

  @Test
  void bad_syntax_is_told_with_its_line() {
    file("- route:\n    id: a\n    description: a: b\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/a.camel.yaml:3: is not YAML: mapping values are not allowed here;"
                + " check the indentation, and quote a text that contains ': '");
  }

  @Test
  void a_tab_is_told() {
    file("- route:\n\tid: a\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/a.camel.yaml:2: is not YAML: found character '\\t(TAB)' that cannot start any"
                + " token. (Do not use \\t(TAB) for indentation); indent with spaces");
  }

  @Test
  void an_empty_file_is_told() {
    file("# nothing\n");

    assertThat(hub.printed())
        .containsExactly("routes/a.camel.yaml: the file is empty; write a route or delete it");
  }

  @Test
  void a_key_that_stands_twice_is_told() {
    steps("- log:\n    message: a\n    message: b\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:9: 'message' stands twice, first in line 8; delete one");
  }

  @Test
  void a_file_that_is_no_list_is_told() {
    file("route:\n  id: a\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/a.camel.yaml:1: a file of routes is a list; start with '- route:'");
  }

  @Test
  void an_unknown_element_is_told() {
    file("- rout:\n    id: a\n");

    assertThat(hub.printed())
        .containsExactly("routes/a.camel.yaml:1: unknown element 'rout'; did you mean 'route'?");
  }

  @Test
  void unknown_steps_and_keys_are_told_wherever_they_stand() {
    steps(
        """
        - choice:
            when:
              - simple:
                  expresion: ${body}
                steps:
                  - lgo:
                      message: x
        - to:
            url: direct:x
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:10: unknown key 'expresion' of simple;"
                + " did you mean 'expression'?",
            "routes/shop/a.camel.yaml:12: unknown step 'lgo'; did you mean 'log'?",
            "routes/shop/a.camel.yaml:15: unknown key 'url' of to; did you mean 'uri'?");
  }

  @Test
  void a_key_beside_the_step_it_belongs_to_is_told() {
    steps("- to:\n  uri: direct:x\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:7: a step has one name, this one has 'to', 'uri';"
                + " indent what belongs to 'to' by two more, start another step with a dash");
  }

  @Test
  void steps_beside_their_from_are_told() {
    file(
        """
        - route:
            id: a
            description: X.
            from:
              uri: timer:x
            steps:
              - stop: {}
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/a.camel.yaml:4: 'from' lacks 'steps'; add it",
            "routes/a.camel.yaml:6: unknown key 'steps' of route; it belongs under 'from'");
  }

  @Test
  void values_of_another_kind_are_told() {
    steps(
        """
        - log:
            message: x
            loggingLevel: LOUD
        - setBody:
            simple:
              expression: x
              trim: maybe
        - circuitBreaker:
            resilience4jConfiguration:
              failureRateThreshold: half
            steps:
              to:
                uri: timer:x
        - stop:
        - setBody: {}
        - split: []
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:9: 'LOUD' is not a value of loggingLevel;"
                + " known: DEBUG, ERROR, INFO, OFF, TRACE, WARN",
            "routes/shop/a.camel.yaml:13: 'trim' is true or false, not 'maybe'",
            "routes/shop/a.camel.yaml:16: 'failureRateThreshold' is a number, not 'half'",
            "routes/shop/a.camel.yaml:17: 'steps' takes a list, not a map; start each element with a dash",
            "routes/shop/a.camel.yaml:20: nothing stands under 'stop'; write 'stop: {}'",
            "routes/shop/a.camel.yaml:21: 'setBody' lacks an expression;"
                + " add 'expression' and a language in it",
            "routes/shop/a.camel.yaml:21: the step is never reached, because 'stop' before it ends"
                + " the route; delete it, or move it before 'stop'",
            "routes/shop/a.camel.yaml:22: 'split' takes a map, not a list; drop the dash");
    assertThat(hub.faults()).extracting(Fault::level).containsOnly(Fault.Level.ERROR);
  }

  @Test
  void what_only_camel_knows_is_told_by_camel() {
    file(
        """
        - route:
            id: a
            description: X.
            startupOrder: 1.5
            from:
              uri: timer:x
              steps: []
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/a.camel.yaml: Camel refuses it: For input string: \"1.5\";"
                + " look it up in Camel's documentation of its YAML DSL");
  }

  @Test
  void an_expression_that_cannot_be_read_is_told() {
    steps(
        """
        - setBody:
            simple:
              expression: Order ${bodyy}
        - filter:
            expression:
              simple: {expression: "${body"}
            steps: []
        - setBody:
            expression:
              jsonpath:
                expression: $.a[?(
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:9: simple cannot be read: Valid syntax: ${body.OGNL} was:"
                + " bodyy at location 6; did you mean 'body'?",
            "routes/shop/a.camel.yaml:12: simple cannot be read: expected symbol functionEnd but"
                + " was eol at location 5; add the missing }",
            "routes/shop/a.camel.yaml:17: jsonpath cannot be read: a bracket has no end;"
                + " add the missing ]");
  }

  @Test
  void a_placeholder_for_nothing_is_told() {
    hub.write("application.properties", "shop.empty =\nshop.period = 5\n").environment("HOME", "/");
    steps(
        """
        - log:
            message: "{{shop.nowhere}} {{shop.period}} {{shop.empty}} {{?shop.maybe}}"
        - log:
            message: "{{shop.colour:red}} {{env:HOME}} {{env:SHOP_NOWHERE}} {{sys:x:y}}"
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:8: shop.nowhere is not set;"
                + " set it in application.properties, or give it a default: {{shop.nowhere:…}}",
            "routes/shop/a.camel.yaml:10: SHOP_NOWHERE is not set;"
                + " set it, or give it a default: {{env:SHOP_NOWHERE:…}}");
  }

  @Test
  void a_bean_of_a_class_that_is_not_there_is_told() {
    file(
        """
        - beans:
            - name: store
              type: hub.nowhere.Store
            - name: list
              type: java.util.ArrayList
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/a.camel.yaml:3: there is no class 'hub.nowhere.Store';"
                + " check its spelling, or add its jar");
  }

  @Test
  void an_anchor_that_contains_itself_ends() {
    file("- route: &a\n    id: a\n    from: *a\n");

    assertThat(hub.printed()).isNotEmpty();
  }
}
