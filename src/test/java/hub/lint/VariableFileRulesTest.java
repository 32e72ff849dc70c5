package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Variables that an integration declares in its folder. */
class VariableFileRulesTest {
  private static final String SHOP =
      """
      SHOP_API_KEY:
        kind: secret
        description: Key of the shop's API.
        prefixes: [shop_live_, shop_test_]
      SHOP_API_BASE:
        kind: address
        default: https://api.shop.example
        description: Where the shop's API is.
      SHOP_COUNTRY:
        kind: choice
        choices: [de, fr, it]
        default: de
        description: Country of the orders.
      """;

  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root).write("routes/shop/variables.yaml", SHOP);
  }

  private void call(String base, String path, String secret) {
    hub.route(
        "shop-ask",
        "direct:shop-ask",
        """
        - to:
            uri: kamelet:http-api-action
            parameters:
              baseUrl: "%s"
              path: %s
              auth: bearer
              secret: %s
              provider: shop
              operation: ask
        """
            .formatted(base, path, secret));
    hub.route("shop-start", "timer:start?repeatCount=1", "- to:\n    uri: direct:shop-ask\n");
  }

  @Test
  void a_route_may_use_what_its_folder_declares() {
    call("{{SHOP_API_BASE}}", "/{{SHOP_COUNTRY}}/orders", "SHOP_API_KEY");

    assertThat(hub.printed()).isEmpty();
  }

  @Test
  void names_that_are_nearly_those_of_a_variable_are_told() {
    call("{{SHOP_API_BSE}}", "/orders", "SHOP_API_KYE");
    hub.write("application.properties", "SHOP_API_KY = shop_test_1\n");

    assertThat(hub.printed())
        .containsExactlyInAnyOrder(
            "application.properties:1: nothing reads 'SHOP_API_KY'; did you mean 'SHOP_API_KEY'?",
            "routes/shop/shop-ask.camel.yaml:10: SHOP_API_BSE is not set; did you mean"
                + " 'SHOP_API_BASE'?",
            "routes/shop/shop-ask.camel.yaml:13: no folder declares the variable 'SHOP_API_KYE',"
                + " and it is not set; did you mean 'SHOP_API_KEY'?");
  }

  @Test
  void values_that_are_not_of_the_kind_are_told_and_a_secret_is_not_shown() {
    hub.write(
        "application.properties",
        "SHOP_COUNTRY = es\nSHOP_API_BASE = ftp://x\nSHOP_API_KEY = hunter2\n");

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:1: SHOP_COUNTRY must be de, fr or it, not 'es'",
            "application.properties:2: SHOP_API_BASE must be an http or https address, not"
                + " 'ftp://x'",
            "application.properties:3: SHOP_API_KEY begins with none of shop_live_, shop_test_;"
                + " check it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind: secrt~description: x|3|has an unknown kind 'secrt'",
        "description: x|2|has no kind",
        "kind: text|2|has no description",
        "kind: text~descripton: x|4|has an unknown key 'descripton'; did you mean 'description'?",
        "kind: integer~description: x~default: many|5|'default' must be a whole number from 0 to",
        "kind: integer~description: x~default: 5~max: 4|5|'default' must be a whole number",
        "kind: choice~description: x~default: a|2|has no choices; list them: choices: [a, b]",
        "kind: text~description: x~choices: [a]|5|'choices' does not go with the kind text",
        "kind: secret~description: x~default: y|5|is a secret and has a default",
        "kind: switch~description: x|2|has no default",
        "kind: address~description: x~required: maybe|5|'required' must be true or false",
        "kind: secret~description: x~probe: {name: shop}|5|has a 'probe' that lacks name or address",
        "kind: secret~description: x~probe: {nam: shop}|5|has a 'probe' that has an unknown key",
        "kind: route~description: x|2|does not say which routes",
      })
  void a_wrong_declaration_is_told_with_its_line(String fields, int line, String fault) {
    hub.write(
        "routes/shop/variables.yaml", "# Of the shop.\nSHOP_X:\n  " + fields.replace("~", "\n  "));

    assertThat(hub.printed())
        .anySatisfy(
            printed ->
                assertThat(printed)
                    .startsWith("routes/shop/variables.yaml:" + line + ": variable 'SHOP_X' ")
                    .contains(fault));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hub.data-dir|is a setting of the hub",
        "PUBLIC_URL|is a setting of the hub",
        "PORT|is a setting of the hub",
        "camel.main.name|is a setting of Camel",
        "shopKey|is no name of a variable",
      })
  void a_name_that_is_taken_or_malformed_is_told(String name, String fault) {
    hub.write("routes/shop/variables.yaml", name + ": {kind: text, description: x}\n");

    assertThat(hub.printed())
        .singleElement()
        .asString()
        .startsWith("routes/shop/variables.yaml:1: variable '" + name + "' " + fault);
  }

  @Test
  void what_is_required_and_not_set_is_told_with_what_it_is_for() {
    hub.write(
        "routes/shop/variables.yaml",
        "SHOP_ID:\n  kind: text\n  description: Number of the shop.\n  required: true\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/variables.yaml:1: SHOP_ID is not set; set it: Number of the shop.");
    hub.environment("SHOP_ID", "7");
    assertThat(hub.printed()).isEmpty();
  }

  @Test
  void two_folders_may_declare_a_variable_alike_and_not_otherwise() {
    hub.write("routes/store/variables.yaml", SHOP);
    assertThat(hub.printed()).isEmpty();

    hub.write(
        "routes/store/variables.yaml", "SHOP_API_KEY:\n  kind: text\n  description: Another.\n");
    assertThat(hub.printed())
        .containsExactly(
            "routes/store/variables.yaml:1: variable 'SHOP_API_KEY' is declared with another kind"
                + " or default by routes/shop/variables.yaml:1; declare it alike in both, or in"
                + " one of them alone");
  }

  @Test
  void a_variable_of_the_hubs_folders_is_theirs_in_another_folder_and_ones_own_in_that() {
    String key = "STRIPE_SECRET_KEY:\n  kind: text\n  description: Another.\n";
    hub.write("routes/shop/variables.yaml", key);
    assertThat(hub.printed())
        .singleElement()
        .asString()
        .startsWith("routes/shop/variables.yaml:1: variable 'STRIPE_SECRET_KEY' is declared")
        .contains("the hub's stripe/variables.yaml");

    hub.write("routes/shop/variables.yaml", "# Nothing yet.\n");
    hub.write("routes/stripe/variables.yaml", key);
    assertThat(hub.printed()).isEmpty();
  }

  @Test
  void a_file_in_another_place_is_not_read_and_told() {
    hub.write("routes/variables.yaml", SHOP);

    assertThat(hub.printed())
        .containsExactly(
            "routes/variables.yaml: is neither a route nor a Kamelet and is not read; move it into"
                + " the folder of an integration, routes/<folder>/variables.yaml");
  }

  @ParameterizedTest
  @CsvSource({"webhook-source", "poll-source", "catch-up-source"})
  void the_source_of_the_hubs_own_events_is_refused(String kamelet) {
    hub.write(
        "routes/shop/shop-events.camel.yaml",
        """
        - route:
            id: shop-events
            description: Takes events.
            from:
              uri: kamelet:%s
              parameters:
                source: hub
              steps:
                - log:
                    message: x
        """
            .formatted(kamelet));

    assertThat(hub.printed())
        .contains(
            "routes/shop/shop-events.camel.yaml:7: source 'hub' is that of the hub's own events;"
                + " choose another name, such as that of the sender");
  }
}
