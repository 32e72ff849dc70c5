package hub.inbox.camel;

import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RollbackDefinition;
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
        definition instanceof ProcessorDefinition<?> step
            && new StepEffects(context).mayUseDatabase(step);
    boolean marksRollback =
        definition instanceof RollbackDefinition rollback
            && (isSet(rollback.getMarkRollbackOnly()) || isSet(rollback.getMarkRollbackOnlyLast()));
    return new DelegateAsyncProcessor(target) {
      @Override
      public boolean process(Exchange exchange, AsyncCallback callback) {
        Optional<TransactedRun> run = TransactedRun.of(exchange);
        if (run.isEmpty()) {
          return super.process(exchange, callback);
        }
        if (usesDatabase && exchange.getMessage().getHeader(StepEffects.STATEMENT_HEADER) != null) {
          exchange.setException(
              new IllegalStateException(
                  "the header CamelSqlQuery would replace the statement, which the transaction does not allow; remove the header"));
          ended(exchange, run.get());
          callback.done(true);
          return true;
        }
        return super.process(
            exchange,
            doneSync -> {
              ended(exchange, run.get());
              callback.done(doneSync);
            });
      }

      private void ended(Exchange exchange, TransactedRun run) {
        Exception error = exchange.getException();
        if (error != null) {
          exchange.getExchangeExtension().setRedeliveryExhausted(true);
          if (usesDatabase) {
            run.failed(error);
          }
        } else if (marksRollback) {
          // A split and a route that was called forget the mark.
          run.failed(new IllegalStateException("the route marked the event for rollback"));
        }
      }
    };
  }

  private static boolean isSet(String option) {
    return option != null && !option.equals("false");
  }
}
