package hub.monitoring;

import hub.config.Environment;
import hub.http.RequestContext;
import hub.inbox.InboxVariables;
import hub.inbox.db.Receipt;
import hub.util.log.LogField;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Adds the ids of the request and the event to every line that a step logs, on whichever thread the
 * step runs. Stateless.
 */
public final class LogContext implements InterceptStrategy {
  /** Whether log lines have fields for the ids: only JSON does; text has them in the message. */
  public static boolean areShown() {
    return Environment.variable("LOG_FORMAT").filter("json"::equals).isPresent();
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor next) {
    return new DelegateAsyncProcessor(target) {
      @Override
      public boolean process(Exchange exchange, AsyncCallback callback) {
        return LogField.REQUEST_ID.during(
            exchange.getProperty(RequestContext.REQUEST_ID_PROPERTY, String.class),
            () ->
                LogField.EVENT_ID.during(
                    eventId(exchange).orElse(null), () -> super.process(exchange, callback)));
      }
    };
  }

  /**
   * Outside of a handler the variable {@code eventId} may hold the provider's id, so the receipt of
   * the append is used.
   */
  private static Optional<String> eventId(Exchange exchange) {
    if (exchange.getVariable(InboxVariables.HANDLER) != null) {
      return Optional.ofNullable(exchange.getVariable(InboxVariables.EVENT_ID, String.class));
    }
    return Optional.ofNullable(exchange.getVariable(InboxVariables.RECEIPT, Receipt.class))
        .map(receipt -> receipt.id().toString());
  }
}
