package hub.inbox.camel;

import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.IdempotentConsumerDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Lets no error handler try a failed step of a transacted handler again: PostgreSQL refuses every
 * further statement until the event is rolled back, and then the inbox retries it. Stateless.
 */
public final class TransactedSteps implements InterceptStrategy {
  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor next) {
    boolean usesDatabase =
        definition instanceof SendDefinition<?>
            || definition instanceof ProcessDefinition
            || definition instanceof IdempotentConsumerDefinition;
    return new DelegateAsyncProcessor(target) {
      @Override
      public boolean process(Exchange exchange, AsyncCallback callback) {
        Optional<TransactedRun> run = TransactedRun.of(exchange);
        if (run.isEmpty()) {
          return super.process(exchange, callback);
        }
        return super.process(
            exchange,
            doneSync -> {
              Exception error = exchange.getException();
              if (error != null) {
                exchange.getExchangeExtension().setRedeliveryExhausted(true);
                if (usesDatabase) {
                  run.get().failed(error);
                }
              }
              callback.done(doneSync);
            });
      }
    };
  }
}
