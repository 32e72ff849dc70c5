package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransactedRulesTest {
  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
    hub.webhook("source: shop\nscheme: none\nunsafe: true\neventId: $.id");
  }

  /** What lint says of a handler's transaction; its steps begin in line 9. */
  private List<String> faults(String parameters, String steps) {
    hub.write(
        "routes/shop/shop-note.camel.yaml",
        """
        - route:
            id: shop-note
            description: Notes an order.
            from:
              uri: inbox:shop
              parameters:
                %s
              steps:
        """
                .formatted(parameters)
            + steps.indent(8));
    return hub.printed().stream().filter(fault -> fault.contains("transact")).toList();
  }

  private static final String CALL =
      """
      - to:
          id: note
          uri: sql:INSERT INTO note (id) VALUES (:#${variable.eventId})
      - to:
          id: tell
          uri: seda:crm
      """;

  @Test
  void an_effect_that_the_transaction_cannot_hold_is_told() {
    assertThat(faults("transacted: true", CALL))
        .containsExactly(
            "routes/shop/shop-note.camel.yaml:7: transacted=true cannot hold tell"
                + " (routes/shop/shop-note.camel.yaml:12): seda: reaches beyond the hub's database;"
                + " give it a handler of its own, which may take what this one appends to an inbox");
  }

  @Test
  void a_batch_is_told_at_its_place() {
    assertThat(faults("batch: 5\n        transacted: true", "- log:\n    message: x"))
        .containsExactly(
            "routes/shop/shop-note.camel.yaml:7: batch=5 does not go with transacted=true; leave it"
                + " out: several events of a transacted handler share a commit anyway");
  }

  @Test
  void auto_is_left_to_the_start() {
    assertThat(faults("transacted: auto", CALL)).isEmpty();
  }

  @Test
  void what_only_the_start_knows_is_no_fault() {
    assertThat(
            faults(
                "transacted: true",
                """
                - process:
                    ref: queueNotice
                - to:
                    id: other
                    uri: sql:classpath:sql/{{hub.database.dialect}}/some.sql
                - idempotentConsumer:
                    idempotentRepository: "#idempotency"
                    expression:
                      simple:
                        expression: ${variable.eventId}
                    steps:
                      - to:
                          id: note
                          uri: sql:DELETE FROM note
                """))
        .isEmpty();
  }
}
