package hub.inbox.camel;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.ShippedRoutes;
import hub.inbox.JoinsTransaction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

  /** Stores. */
  @JoinsTransaction(stores = true)
  private static final class Storing implements Processor {
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
    return effectsBelow("", steps);
  }

  /** The same; {@code others} stand before it in its file. */
  private static TransactedEffects effectsBelow(String others, String... steps) throws Exception {
    String yaml =
        others
            + "- route:\n    id: handler\n"
            + "    from:\n      uri: inbox:things\n      steps:\n        - "
            + String.join("\n        - ", steps)
            + "\n";
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      context.getRegistry().bind("known", new Known());
      context.getRegistry().bind("storing", new Storing());
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
        "{setVariable: {name: a, expression: {simple: {expression: '${exchangeId} ${exchangeProperty.a}'}}}}",
        "{setVariables: {variables: [{name: a, expression: {constant: {expression: b}}}]}}",
        "{filter: {expression: {simple: {expression: '${body} != null'}}, steps: [{stop: {}}]}}",
        "{choice: {when: [{expression: {simple: {expression: '${body} == 1'}}, steps: [{log: {message: x}}]}]}}",
        "{unmarshal: {json: {library: Jackson}}}",
        "{split: {expression: {simple: {expression: '${body}'}}, steps: [{log: {message: x}}]}}",
        "{process: {ref: known}}",
        "{doTry: {steps: [{unmarshal: {json: {library: Jackson}}}], doCatch: [{exception: [java.lang.Exception], steps: [{log: {message: x}}]}]}}",
        "{to: {uri: 'inbox:others'}}",
        "{to: {uri: 'log:x'}}",
        "{to: {uri: 'language:simple:x'}}",
        "{to: {uri: 'dataformat:json-jackson:unmarshal'}}",
        "{toD: {uri: 'inbox:${variable.type}'}}",
        "{enrich: {expression: {constant: {expression: 'sql:select 1'}}}}",
        "{to: {uri: sql, parameters: {query: 'select 1'}}}",
        "{to: {uri: 'sql:/* a; b */ with x as (select 1) select * from x;'}}",
        "{to: {uri: \"sql:(select ';' from x) -- and\\n\"}}",
        "{to: {uri: 'sql:delete from note?useMessageBodyForSql=false'}}",
        "{setHeader: {name: a, expression: {simple: {expression: '${ref:unknown}'}}}}",
        "{split: {aggregationStrategy: '#class:org.apache.camel.processor.aggregate.StringAggregationStrategy', expression: {simple: {expression: '${body}'}}, steps: [{log: {message: x}}]}}",
        "{doTry: {steps: [{unmarshal: {json: {}}}], doCatch: [{exception: [java.lang.Exception], steps: [{to: {uri: 'sql:select 1'}}]}]}}",
        "{bean: {ref: storing}}",
        "{rollback: {markRollbackOnlyLast: true}}",
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
        "{toD: {id: s, uri: 'sql:${body}'}} | its statement is not known before it runs",
        "{process: {id: s, ref: unknown}} | its bean may do anything",
        "{bean: {id: s, beanType: java.lang.String}} | its bean may do anything",
        "{setBody: {id: s, expression: {method: {ref: unknown}}}} | its bean may do anything",
        "{setBody: {id: s, expression: {groovy: {expression: '1'}}}} | groovy may do anything",
        "{setBody: {id: s, expression: {simple: {expression: '${bean:unknown}'}}}} | its bean may do anything",
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
        "{to: {id: s, uri: 'sql:CREATE TABLE IF NOT EXISTS note (id int)'}} | CREATE may end the transaction",
        "{to: {id: s, uri: \"sql:-- why\\nCOMMIT\"}} | COMMIT may end the transaction",
        "{to: {id: s, uri: 'sql:set x 1'}} | SET may end the transaction",
        "{to: {id: s, uri: 'sql:select 1; commit'}} | it holds several statements",
        "{to: {id: s, uri: 'sql:classpath:nowhere.sql'}} | its statement is not known before it runs",
        "{to: {id: s, uri: 'sql:x?useMessageBodyForSql=true'}} | its statement is not known before it runs",
        "{setHeader: {id: s, name: camelSqlQuery, expression: {constant: {expression: commit}}}} | CamelSqlQuery replaces the statement",
        "{setHeaders: {id: s, headers: [{name: CamelSqlQuery, expression: {constant: {expression: commit}}}]}} | CamelSqlQuery replaces the statement",
        "{to: {id: s, uri: 'sql:INSERT INTO note (id) VALUES (:#${bean:unknown})'}} | its bean may do anything",
        "{log: {id: s, message: '${bean:unknown}'}} | its bean may do anything",
        "{setBody: {id: s, expression: {simple: {expression: '$simple{bean:unknown}'}}}} | its bean may do anything",
        "{setBody: {id: s, expression: {simple: {expression: '${exchange.context.stop}'}}}} | its bean may do anything",
        "{setBody: {id: s, expression: {simple: {expression: '${messageAs(org.apache.camel.Message).exchange.context.stop}'}}}} | its bean may do anything",
        "{toD: {id: s, uri: 'inbox:${bean:unknown}'}} | its bean may do anything",
        "{toD: {id: s, uri: 'direct:${body}'}} | direct: reaches beyond",
        "{to: {id: s, uri: 'language:groovy:1'}} | groovy may do anything",
        "{enrich: {id: s, expression: {constant: {expression: 'https://x'}}}} | https: reaches beyond",
        "{enrich: {id: s, expression: {simple: {expression: 'sql:${body}'}}}} | enrich may act outside",
        "{split: {id: s, aggregationStrategy: '#unknown', expression: {simple: {expression: '${body}'}}, steps: [{log: {message: x}}]}} | #unknown may do anything",
        "{sort: {id: s, comparator: '#unknown', expression: {simple: {expression: '${body}'}}}} | #unknown may do anything",
        "{unmarshal: {id: s, custom: {ref: unknown}}} | unknown may do anything",
        "{choice: {id: s, when: [{expression: {method: {ref: unknown}}, steps: [{log: {message: x}}]}]}} | its bean may do anything",
        "{doTry: {steps: [{unmarshal: {json: {}}}], doCatch: [{exception: [java.lang.Exception], steps: [{to: {id: s, uri: 'https://x'}}]}]}} | https: reaches beyond",
        "{doTry: {steps: [{unmarshal: {json: {}}}], doFinally: {steps: [{to: {id: s, uri: 'https://x'}}]}}} | https: reaches beyond",
        "{doTry: {id: s, steps: [{bean: {ref: storing}}], doCatch: [{exception: [java.lang.Exception], steps: [{log: {message: x}}]}]}} | doTry would go on",
      })
  void what_it_cannot_hold_is_told_with_place_and_remedy(String step, String what)
      throws Exception {
    TransactedEffects effects = effects(sql(""), step);

    assertThat(effects.obstacles()).hasSize(1);
    assertThat(effects.obstacles().get(0).toString())
        .startsWith("s (handler.camel.yaml:6): ")
        .contains(what)
        .contains("; ");
  }

  @Test
  void a_route_that_was_looked_at_before_still_counts() throws Exception {
    String counting =
        "- route: {id: counting, from: {uri: 'direct:count', steps: [{to: {uri: 'sql:UPDATE c SET n = n + 1'}}]}}\n";
    TransactedEffects effects =
        effectsBelow(
            counting,
            "{to: {uri: 'direct:count'}}",
            "{doTry: {id: again, steps: [{to: {uri: 'direct:count'}}], doCatch: [{exception: [java.lang.Exception], steps: [{log: {message: x}}]}]}}");

    assertThat(effects.hasEffects()).isTrue();
    assertThat(effects.obstacles()).hasSize(1);
    assertThat(effects.obstacles().get(0).toString())
        .startsWith("again ")
        .contains("doTry would go on");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{bean: {ref: storing}}",
        "{process: {ref: storing}}",
        "{setBody: {expression: {method: {ref: storing}}}}"
      })
  void a_bean_that_stores_is_an_effect(String step) throws Exception {
    assertThat(effects(step).hasEffects()).isTrue();
  }

  @Test
  void what_has_no_id_is_named_by_its_kind() throws Exception {
    assertThat(effects(sql(""), "{to: {uri: 'https://x'}}").obstacles().get(0).toString())
        .startsWith("to (handler.camel.yaml:6): ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- onCompletion: {%s steps: [%s]}",
        "- intercept: {%s steps: [%s]}",
        "- interceptFrom: {%s steps: [%s]}"
      })
  void what_runs_around_the_steps_is_held_if_it_has_no_effects(String around) throws Exception {
    String name = around.replaceAll("- (\\w+).*", "$1");
    for (String harmful :
        List.of(
            around.formatted("", sql("")),
            around.formatted("", "{to: {uri: 'seda:x'}}"),
            around.formatted("onWhen: {method: {ref: unknown}},", "{log: {message: x}}"))) {
      assertThat(effectsBelow(harmful + "\n", sql("")).obstacles())
          .as(harmful)
          .hasSize(1)
          .first()
          .asString()
          .matches("(" + name + "|to) \\(handler.camel.yaml.*");
    }
    assertThat(
            effectsBelow(around.formatted("", "{log: {message: x}}") + "\n", sql("")).obstacles())
        .isEmpty();
  }

  @Test
  void a_kamelet_is_told_once_where_it_is_used() throws Exception {
    String kamelet =
        "- routeTemplate: {id: calling, from: {uri: 'kamelet:source', steps: ["
            + "{to: {id: a, uri: 'https://a'}}, {to: {id: b, uri: 'https://b'}}]}}\n";
    String use = "{kamelet: {name: calling}}";

    assertThat(effectsBelow(kamelet, sql(""), use, use).obstacles())
        .extracting(Obstacle::toString)
        .containsExactly(
            "kamelet (handler.camel.yaml:7): its Kamelet calling has the step a (handler.camel.yaml): https: reaches beyond the hub's database; give it a handler of its own, which may take what this one appends to an inbox",
            "kamelet (handler.camel.yaml:8): its Kamelet calling has the step a (handler.camel.yaml): https: reaches beyond the hub's database; give it a handler of its own, which may take what this one appends to an inbox");
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
      context.getPropertiesComponent().addInitialProperty("hub.database.dialect", "h2");
      context.getRegistry().bind("queueNotice", new Storing());
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
            "stripe/stripe-read-failed-invoice.camel.yaml",
            "stripe/stripe-queue-failure-email.camel.yaml",
            "stripe/stripe-record-payment-failure.camel.yaml",
            "stripe/stripe-email-payment-failure.camel.yaml"
          }) {
        load(
            context,
            "routes/" + file,
            file.startsWith("stripe/")
                ? Files.readString(Path.of("routes", file))
                : ShippedRoutes.text(file).orElseThrow());
      }

      for (String route :
          new String[] {
            "stripe-subscription-created",
            "stripe-subscription-updated",
            "stripe-subscription-deleted",
            "stripe-record-payment-failure",
            "stripe-email-payment-failure"
          }) {
        TransactedEffects effects =
            TransactedEffects.of(context, context.getRouteDefinition(route));
        assertThat(effects.obstacles()).as(route).isEmpty();
        assertThat(effects.hasEffects()).as(route).isTrue();
      }
    }
  }
}
