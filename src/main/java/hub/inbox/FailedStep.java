package hub.inbox;

import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.apache.camel.util.FileUtil;

/**
 * Notes at which step of a route an exception came up, so that an event's error says where.
 * Stateless.
 */
public final class FailedStep implements InterceptStrategy {
  private static final String PROPERTY = "HubFailedStep";

  private record Note(Throwable cause, String step) {}

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor next) {
    String file =
        definition.getLocation() == null
            ? ""
            : " ("
                + FileUtil.stripPath(definition.getLocation())
                + ":"
                + definition.getLineNumber()
                + ")";
    String step = definition.getId() + file;
    return new DelegateAsyncProcessor(target) {
      @Override
      public boolean process(Exchange exchange, AsyncCallback callback) {
        return super.process(
            exchange,
            doneSync -> {
              note(exchange, step);
              callback.done(doneSync);
            });
      }
    };
  }

  /** The innermost step comes first and stays. */
  private static void note(Exchange exchange, String step) {
    Throwable cause = exchange.getException();
    if (cause != null
        && !(exchange.getProperty(PROPERTY) instanceof Note note && note.cause() == cause)) {
      exchange.setProperty(PROPERTY, new Note(cause, step));
    }
  }

  /** The step, its file and line, and a colon; empty when it is not known. */
  static String of(Exchange exchange) {
    return exchange.getProperty(PROPERTY) instanceof Note note
            && note.cause() == exchange.getException()
        ? note.step() + ": "
        : "";
  }
}
