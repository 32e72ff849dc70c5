package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.ShippedRoutes;
import java.nio.file.Path;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointRulesTest {
  private static final String EMAIL_SINK =
      """
      apiVersion: camel.apache.org/v1
      kind: Kamelet
      metadata:
        name: email-sink
      spec:
        definition:
          title: E-mail
          required: [to, subject]
          properties:
            to: {type: string}
            subject: {type: string}
            retries: {type: integer}
            html: {type: boolean}
            via: {type: string, enum: [smtp, resend]}
        template:
          from:
            uri: kamelet:source
            steps: []
      """;

  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
  }

  @Test
  void a_login_provider_that_is_not_there_is_told() {
    hub.write(
        "routes/login/providers.yaml",
        """
        github:
          issuer: https://login.example.com
          client-id: "{{SOME_CLIENT_ID:}}"
        """);
    hub.route(
        "a",
        "timer:tick",
        """
        - to:
            uri: kamelet:oauth-token-action
            parameters:
              provider: githb
              subject: "{person}"
        - to:
            uri: kamelet:oauth-token-action
            parameters:
              loginProvider: "{login}"
              subject: "{person}"
        - to:
            uri: kamelet:http-api-action
            parameters:
              baseUrl: https://example.com
              breaker: example
              auth: oauth
              secret: company
        - to:
            uri: kamelet:http-api-action
            parameters:
              baseUrl: https://example.com
              breaker: example
              auth: oauth
              loginProvider: gitub
              authSubject: "{person}"
        - to:
            uri: kamelet:oauth-token-action
            parameters:
              subject: "{person}"
        - to:
            uri: kamelet:http-api-action
            parameters:
              baseUrl: https://example.com
              provider: example
              auth: oauth
              secret: github
              loginProvider: github
              authSubject: "{person}"
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:10: there is no login provider 'githb';"
                + " did you mean 'github'?",
            "routes/shop/a.camel.yaml:18: auth: oauth needs 'authSubject'; write there whose token"
                + " is used",
            "routes/shop/a.camel.yaml:23: there is no login provider 'company';"
                + " add it to routes/login/providers.yaml",
            "routes/shop/a.camel.yaml:30: there is no login provider 'gitub';"
                + " did you mean 'github'?",
            "routes/shop/a.camel.yaml:33: kamelet oauth-token-action needs parameter"
                + " 'loginProvider'; add it under 'parameters'",
            "routes/shop/a.camel.yaml:42: 'secret' is an earlier name of 'loginProvider',"
                + " and both are given; keep 'loginProvider'");
  }

  @Test
  void earlier_names_of_a_calls_parameters_still_work_and_one_of_two_names_is_needed() {
    hub.route(
        "a",
        "timer:tick",
        """
        - to:
            uri: kamelet:http-api-action
            parameters:
              baseUrl: https://example.com
              breaker: example
              rateLimit: 5
        - to:
            uri: kamelet:http-api-action
            parameters:
              baseUrl: https://example.com
              provider: example
              ratePerSecond: 5
              timeoutSeconds: ten
        - to:
            uri: kamelet:http-api-action
            parameters:
              baseUrl: https://example.com
              provider: example
              breaker: example
        - to:
            uri: kamelet:http-api-action
            parameters:
              baseUrl: https://example.com
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:19: parameter 'timeoutSeconds' is a whole number, not 'ten'",
            "routes/shop/a.camel.yaml:25: 'breaker' is an earlier name of 'provider', and both are"
                + " given; keep 'provider'",
            "routes/shop/a.camel.yaml:27: kamelet http-api-action needs parameter 'provider'; add"
                + " it under 'parameters'");
  }

  @Test
  void an_answer_that_is_never_kept_needs_no_time_to_be_kept() {
    hub.route(
        "a",
        "timer:tick",
        """
        - to:
            uri: kamelet:http-api-action
            parameters:
              baseUrl: https://example.com
              breaker: example
              method: POST
              cacheSeconds: 60
        - to:
            uri: kamelet:http-api-action
            parameters:
              baseUrl: https://example.com
              breaker: example
              cacheSeconds: 60
        """);

    assertThat(hub.printed())
        .singleElement()
        .asString()
        .contains("a.camel.yaml:13: ")
        .contains("the answer to POST is never kept, so cacheSeconds does nothing");
  }

  @Test
  void a_component_that_is_not_there_is_told() {
    hub.route("a", "timr:tick", "- to:\n    uri: kafka:x\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:5: there is no component 'timr'; did you mean 'timer'?",
            "routes/shop/a.camel.yaml:8: there is no component 'kafka';"
                + " add its jar, such as camel-kafka, to pom.xml or HUB_CLASSPATH,"
                + " or write another address");
  }

  @Test
  void parameters_are_held_against_their_component() {
    hub.route(
        "a",
        "timer:tick?perriod=1000",
        """
        - to:
            uri: sql:select 1
            parameters:
              batchh: true
              batch: perhaps
              dataSource: "#dataSource"
        - to:
            uri: sql
            parameters:
              query: select 1
              exchangePattern: InAndOut
              lazyStartProducer: "{{lazy:true}}"
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:5: unknown parameter 'perriod' of timer;"
                + " did you mean 'period'?",
            "routes/shop/a.camel.yaml:10: unknown parameter 'batchh' of sql;"
                + " did you mean 'batch'?",
            "routes/shop/a.camel.yaml:11: parameter 'batch' of sql is true or false,"
                + " not 'perhaps'",
            "routes/shop/a.camel.yaml:17: 'InAndOut' is not a value of exchangePattern;"
                + " known: InOnly, InOut");
  }

  @Test
  void an_address_that_is_a_scheme_alone_needs_the_rest_as_parameters() {
    hub.route("a", "timer", "- to:\n    uri: direct\n    parameters:\n      nme: x\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:5: timer needs parameter 'timerName';"
                + " add it under 'parameters', or write it behind 'timer:'",
            "routes/shop/a.camel.yaml:8: direct needs parameter 'name';"
                + " add it under 'parameters', or write it behind 'direct:'",
            "routes/shop/a.camel.yaml:10: unknown parameter 'nme' of direct;"
                + " did you mean 'name'?");
  }

  @Test
  void what_stripe_does_not_have_is_told() {
    hub.route(
        "a",
        "stripe:customers",
        """
        - to:
            uri: stripe:custmers
        - to:
            uri: stripe:paymentIntents
            parameters:
              apiKey: sk_live_51abc
              expnd: customer
              autoPaging: yes
              maxObjects: few
              lazyStartProducer: true
        - to:
            uri: stripe
            parameters:
              operation: refunds
              apiKey: OTHER_STRIPE_KEY
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:5: no messages come from stripe:;"
                + " receive Stripe's events by a webhook and handle them from inbox:stripe",
            "routes/shop/a.camel.yaml:8: stripe: has no operation 'custmers';"
                + " did you mean 'customers'?",
            "routes/shop/a.camel.yaml:12: a key of Stripe's stands in a route;"
                + " revoke it, and write the name of the variable that holds the new one",
            "routes/shop/a.camel.yaml:13: unknown parameter 'expnd' of stripe;"
                + " did you mean 'expand'?",
            "routes/shop/a.camel.yaml:14: parameter 'autoPaging' of stripe is true or false,"
                + " not 'yes'",
            "routes/shop/a.camel.yaml:15: parameter 'maxObjects' of stripe must be"
                + " a whole number from 1 to 2147483647, not 'few'");
  }

  @Test
  void a_parameter_given_twice_is_told() {
    hub.route(
        "a",
        "timer:tick",
        "- to:\n    uri: log:x?level=INFO\n    parameters:\n      level: WARN\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:10: parameter 'level' of log:x stands in the uri too;"
                + " delete one");
  }

  @Test
  void a_kamelets_parameters_are_held_against_its_definition() {
    hub.write("routes/kamelets/email-sink.kamelet.yaml", EMAIL_SINK)
        .route(
            "a",
            "timer:tick",
            """
            - to:
                uri: kamelet:email-sink
                parameters:
                  to: a@example.com
                  subjct: Hello
                  retries: often
                  html: perhaps
                  via: pigeon
            """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:8: kamelet email-sink needs parameter 'subject';"
                + " add it under 'parameters'",
            "routes/shop/a.camel.yaml:11: unknown parameter 'subjct' of kamelet email-sink;"
                + " did you mean 'subject'?",
            "routes/shop/a.camel.yaml:12: parameter 'retries' is a whole number, not 'often'",
            "routes/shop/a.camel.yaml:13: parameter 'html' is true or false, not 'perhaps'",
            "routes/shop/a.camel.yaml:14: 'pigeon' is not a value of via; known: resend, smtp");
  }

  @Test
  void a_kamelet_that_is_not_there_is_told() {
    hub.route("a", "timer:tick", "- kamelet:\n    name: nowhere\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:8: there is no kamelet 'nowhere';"
                + " add routes/kamelets/nowhere.kamelet.yaml");
  }

  @Test
  void a_direct_that_nobody_takes_from_is_told() {
    hub.route("a", "direct:a", "- wireTap:\n    uri: direct:b\n")
        .route("c", "timer:tick", "- to:\n    uri: direct\n    parameters:\n      name: a\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:8: no route starts from direct:b; did you mean 'a'?");
  }

  @Test
  void a_rest_path_that_leads_nowhere_is_told() {
    hub.write(
        "routes/api.camel.yaml",
        """
        - rest:
            path: /api
            get:
              - path: /orders
                to: direct:list-orders
              - pth: /customers
                to:
                  uri: direct:list-customers
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/api.camel.yaml:5: no route starts from direct:list-orders;"
                + " write a route from direct:list-orders",
            "routes/api.camel.yaml:6: unknown key 'pth' of get; did you mean 'path'?",
            "routes/api.camel.yaml:8: no route starts from direct:list-customers;"
                + " write a route from direct:list-customers");
  }

  @Test
  void a_kamelets_own_file_is_checked() {
    hub.write(
            "routes/kamelets/slack-sink.kamelet.yaml",
            EMAIL_SINK.replace("uri: kamelet:source", "uri: kamelet:source\n      stpes: []"))
        .write("routes/kamelets/empty.kamelet.yaml", "metadata: {}\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/kamelets/empty.kamelet.yaml:1: metadata.name is missing;"
                + " add 'name: empty', the file's name",
            "routes/kamelets/empty.kamelet.yaml:1: spec.template is missing;"
                + " add it, with 'from' and 'steps'",
            "routes/kamelets/slack-sink.kamelet.yaml:4: kamelet 'email-sink' stands in a file of"
                + " another name; name the file email-sink.kamelet.yaml",
            "routes/kamelets/slack-sink.kamelet.yaml:18: unknown key 'stpes' of from;"
                + " did you mean 'steps'?");
  }

  @Test
  void a_kamelets_bean_of_a_class_that_is_not_there_is_told() {
    hub.write(
        "routes/kamelets/email-sink.kamelet.yaml",
        EMAIL_SINK.replace(
            "  template:\n",
            "  template:\n    beans:\n      - name: verifier\n        type: \"#class:hub.webhook.Gaet\"\n"));

    assertThat(hub.printed())
        .containsExactly(
            "routes/kamelets/email-sink.kamelet.yaml:18: there is no class 'hub.webhook.Gaet';"
                + " check its spelling, or add its jar");
  }

  @Test
  void an_inbox_handlers_parameters_are_checked() {
    hub.route("b", "timer:tick", "- to:\n    uri: inbox:shop?types=x\n")
        .write(
            "routes/shop/a.camel.yaml",
            """
            - route:
                id: a
                description: X.
                from:
                  uri: inbox:shop
                  parameters:
                    typess: a
                    orderBy: orderingKy
                    concurrency: 0
                    leaseSeconds: soon
                    retryDelaysSeconds: 5;6
                  steps: []
            """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:7: unknown parameter 'typess' of inbox;"
                + " did you mean 'types'?",
            "routes/shop/a.camel.yaml:8: 'orderingKy' is not a value of orderBy;"
                + " did you mean 'orderingKey'?",
            "routes/shop/a.camel.yaml:9: parameter 'concurrency' of inbox must be a whole number"
                + " from 1 to 2147483647, not '0'",
            "routes/shop/a.camel.yaml:10: parameter 'leaseSeconds' of inbox must be a whole number"
                + " from 1 to 2147483647, not 'soon'",
            "routes/shop/a.camel.yaml:11: parameter 'retryDelaysSeconds' of inbox must be whole"
                + " numbers of seconds from 0, separated by commas, not '5;6'",
            "routes/shop/b.camel.yaml:8: unknown parameter 'types' of inbox;"
                + " it belongs to 'from: inbox:shop'");
  }

  @Test
  void a_former_id_of_a_handler_is_free_and_named_once() {
    hub.route("a", "inbox:shop?formerly=a,old", "- to:\n    uri: inbox:shop\n")
        .route("b", "inbox:shop?formerly=old", "- stop: {}\n")
        .route("c", "inbox:shop?formerly=older", "- stop: {}\n");

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:5: formerly names 'a', which is still a handler;"
                + " name only ids that are no longer in use",
            "routes/shop/b.camel.yaml:5: formerly names 'old', as a does;"
                + " let one of the two take over");
  }

  @Test
  void a_handler_of_a_source_that_nobody_keeps_is_warned_of() {
    hub.route("a", "inbox:shpo", "- stop: {}\n")
        .route("b", "timer:tick", "- to:\n    uri: inbox:shop\n");

    assertThat(hub.faults())
        .containsExactly(
            Fault.warning(
                "routes/shop/a.camel.yaml:5",
                "no route appends to inbox:shpo, so nothing will come",
                "did you mean 'shop'?"));
  }

  @Test
  void routes_of_a_given_context_are_neighbours() throws Exception {
    hub.route("a", "inbox:mail", "- to:\n    uri: direct:send\n");
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      context.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              from("direct:send").choice().when(constant(true)).to("inbox:mail");
            }
          });

      assertThat(hub.printed(context)).isEmpty();
    }
  }

  @Test
  void a_file_in_place_of_a_shipped_one_is_told_unless_it_is_the_same() {
    String kamelet = "kamelets/http-api-action.kamelet.yaml";
    String policy = "policies/retry-then-park.camel.yaml";
    hub.write("routes/" + kamelet, ShippedRoutes.text(kamelet).orElseThrow())
        .write(
            "routes/" + policy,
            ShippedRoutes.text(policy)
                .orElseThrow()
                .replace("redeliveryDelay: 200", "redeliveryDelay: 300"));

    assertThat(hub.printed())
        .containsExactly(
            "routes/policies/retry-then-park.camel.yaml: stands in place of the shipped policy"
                + " retry-then-park; delete it to have the shipped one of this version, if it is no"
                + " change of your own");
  }

  @Test
  void one_address_of_a_call_is_needed_and_a_secret_one_is_named() {
    hub.route(
        "a",
        "timer:tick",
        """
        - to:
            uri: kamelet:http-api-action
            parameters:
              provider: chat
        - to:
            uri: kamelet:http-api-action
            parameters:
              baseUrl: https://chat.example.com
              baseUrlSecret: CHAT_URL
              provider: chat
        - to:
            uri: kamelet:http-api-action
            parameters:
              baseUrlSecret: https://chat.example.com/s3cr3t
              provider: chat
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:8: kamelet http-api-action needs parameter 'baseUrl'; add it"
                + " under 'parameters', or 'baseUrlSecret' with the name of a variable that holds it",
            "routes/shop/a.camel.yaml:15: 'baseUrl' and 'baseUrlSecret' are both given; keep"
                + " 'baseUrlSecret' where the address itself is a secret, else 'baseUrl'",
            "routes/shop/a.camel.yaml:20: baseUrlSecret is the name of a variable, not the address"
                + " itself; put the address into a variable and write its name");
  }
}
