package hub.inbox.camel;

import static org.assertj.core.api.Assertions.assertThat;

import hub.inbox.JoinsTransaction;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which steps a handler's transaction can hold, and what is said of the others. */
class TransactedChoiceTest {
  /** Counts. */
  @JoinsTransaction
  private static final class Known implements Processor {
    @Override
    public void process(Exchange exchange) {}
  }

  private static final Processor UNKNOWN =
      new Processor() {
        @Override
        public void process(Exchange exchange) {}
      };

  private static final String SQL =
      "{to: {id: note, uri: 'sql:INSERT INTO note (id) VALUES (:#${body})%s'}}";

  /** The effects of a handler with these steps, each in YAML's short form. */
  private static TransactedEffects effects(String... steps) throws Exception {
    String yaml =
        "- route:\n    id: handler\n"
            + "    from:\n      uri: inbox:things\n      steps:\n        - "
            + String.join("\n        - ", steps)
            + "\n";
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      context.getRegistry().bind("known", new Known());
      context.getRegistry().bind("unknown", UNKNOWN);
      context.build();
      load(context, "routes/handler.camel.yaml", yaml);
      return TransactedEffects.of(context, context.getRouteDefinition("handler"));
    }
  }

  private static void load(DefaultCamelContext context, String file, String yaml) throws Exception {
    Resource resource = ResourceHelper.fromString(file, yaml);
    PluginHelper.getRoutesLoader(context).loadRoutes(resource);
  }

  private static String sql(String options) {
    return SQL.formatted(options);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{log: {message: hello}}",
        "{setVariable: {name: a, expression: {simple: {expression: '${body}'}}}}",
        "{setVariables: {variables: [{name: a, expression: {constant: {expression: b}}}]}}",
        "{filter: {expression: {simple: {expression: '${body} != null'}}, steps: [{stop: {}}]}}",
        "{choice: {when: [{expression: {simple: {expression: '${body} == 1'}}, steps: [{log: {message: x}}]}]}}",
        "{unmarshal: {json: {library: Jackson}}}",
        "{split: {expression: {simple: {expression: '${body}'}}, steps: [{log: {message: x}}]}}",
        "{process: {ref: known}}",
        "{doTry: {steps: [{unmarshal: {json: {library: Jackson}}}], doCatch: [{exception: [java.lang.Exception], steps: [{log: {message: x}}]}]}}",
        "{to: {uri: 'inbox:others'}}",
        "{to: {uri: 'log:x'}}",
      })
  void a_transaction_holds_what_changes_the_message_or_the_database(String step) throws Exception {
    TransactedEffects effects = effects(step, sql(""));

    assertThat(effects.obstacles()).isEmpty();
    assertThat(effects.hasEffects()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{to: {id: s, uri: 'https://api.example'}} | https: reaches beyond the hub's database",
        "{toD: {id: s, uri: 'sql:${body}'}} | toD is not known to have no other effect",
        "{process: {id: s, ref: unknown}} | its bean may do anything",
        "{bean: {id: s, beanType: java.lang.String}} | its bean may do anything",
        "{setBody: {id: s, expression: {method: {ref: unknown}}}} | its bean may do anything",
        "{setBody: {id: s, expression: {groovy: {expression: '1'}}}} | groovy may do anything",
        "{setBody: {id: s, expression: {simple: {expression: '${bean:unknown}'}}}} | simple may do anything",
        "{delay: {id: s, expression: {constant: {expression: '5'}}}} | delay waits, while others wait",
        "{threads: {id: s, poolSize: 2}} | threads goes on in another thread",
        "{wireTap: {id: s, uri: 'direct:x'}} | wireTap goes on in another thread",
        "{to: {id: s, uri: 'seda:x'}} | seda: reaches beyond",
        "{to: {id: s, uri: 'direct:nowhere'}} | no route begins with direct:nowhere",
        "{to: {id: s, uri: 'kamelet:nothing'}} | the Kamelet nothing is unknown",
        "{split: {id: s, parallelProcessing: true, expression: {simple: {expression: '${body}'}}, steps: [{log: {message: x}}]}} | its parts run in other threads",
        "{to: {id: s, uri: 'sql:select 1?batch=true'}} | batch=true commits the whole transaction",
        "{to: {id: s, uri: 'sql:select 1?outputType=StreamList'}} | a connection of its own",
        "{to: {id: s, uri: 'sql:select 1?dataSource=#other'}} | its dataSource is not",
        "{idempotentConsumer: {id: s, idempotentRepository: unknown, expression: {simple: {expression: '${body}'}}, steps: [{log: {message: x}}]}} | its keys are kept outside",
        "{doTry: {id: s, steps: [{to: {uri: 'sql:select 1'}}], doCatch: [{exception: [java.lang.Exception], steps: [{log: {message: x}}]}]}} | doTry would go on",
      })
  void what_it_cannot_hold_is_told_with_place_and_remedy(String step, String what)
      throws Exception {
    TransactedEffects effects = effects(sql(""), step);

    assertThat(effects.obstacles()).hasSize(1);
    assertThat(effects.obstacles().get(0))
        .startsWith("s (handler.camel.yaml:6): ")
        .contains(what)
        .contains("; ");
  }

  @Test
  void a_batch_of_statements_that_commits_nothing_is_held() throws Exception {
    assertThat(effects(sql("?batch=true&batchAutoCommitDisabled=false")).obstacles()).isEmpty();
  }

  @Test
  void all_obstacles_are_told_at_once() throws Exception {
    assertThat(
            effects("{to: {id: a, uri: 'https://a'}}", sql(""), "{to: {id: b, uri: 'https://b'}}")
                .obstacles())
        .hasSize(2);
  }

  @Test
  void a_handler_without_effects_has_nothing_to_hold() throws Exception {
    assertThat(effects("{log: {message: hello}}").hasEffects()).isFalse();
  }

  @Test
  void the_shipped_stripe_handlers_are_held() throws Exception {
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      context.getRegistry().bind("queueNotice", new Known());
      context
          .getRegistry()
          .bind("idempotency", new hub.inbox.idempotency.IdempotencyKeys(null, null));
      context.build();
      for (String file :
          new String[] {
            "kamelets/stripe-own-action.kamelet.yaml",
            "policies/retry-then-park.camel.yaml",
            "stripe/stripe-record-subscription.camel.yaml",
            "stripe/stripe-subscription-created.camel.yaml",
            "stripe/stripe-subscription-updated.camel.yaml",
            "stripe/stripe-subscription-deleted.camel.yaml",
            "stripe/stripe-invoice-payment-failed.camel.yaml"
          }) {
        load(context, "routes/" + file, Files.readString(Path.of("routes", file)));
      }

      for (String route :
          new String[] {
            "stripe-subscription-created",
            "stripe-subscription-updated",
            "stripe-subscription-deleted",
            "stripe-invoice-payment-failed"
          }) {
        TransactedEffects effects =
            TransactedEffects.of(context, context.getRouteDefinition(route));
        assertThat(effects.obstacles()).as(route).isEmpty();
        assertThat(effects.hasEffects()).as(route).isTrue();
      }
    }
  }
}
