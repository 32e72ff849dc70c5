package hub.util.step;

import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Records the step of a route that threw an exception, so that errors name it. For an exception
 * inside of a Kamelet it is the step that uses the Kamelet, which is what the author wrote.
 * Stateless.
 */
public final class FailedStep implements InterceptStrategy {
  private static final String PROPERTY = "HubFailedStep";

  /**
   * @param step the innermost step of a route; empty while only steps of Kamelets are known
   * @param inside the failed step inside of the Kamelet; empty where it adds nothing
   */
  private record Note(Throwable cause, String step, String inside) {}

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor next) {
    Step step = Step.of(definition);
    String kamelet = Step.kameletAround(definition);
    return new DelegateAsyncProcessor(target) {
      @Override
      public boolean process(Exchange exchange, AsyncCallback callback) {
        return super.process(
            exchange,
            doneSync -> {
              Exception error = exchange.getException();
              if (error != null) {
                Throwable cut = EndlessCauses.cut(error);
                if (cut != error) {
                  exchange.setException(cut);
                }
                note(exchange, step, kamelet);
              }
              callback.done(doneSync);
            });
      }
    };
  }

  private static void note(Exchange exchange, Step step, String kamelet) {
    Throwable cause = exchange.getException();
    Note known = exchange.getProperty(PROPERTY, Note.class);
    if (known == null || known.cause() != cause) {
      known = new Note(cause, "", "");
    }
    if (!known.step().isEmpty()) {
      return;
    }
    if (!kamelet.isEmpty()) {
      boolean isUseful = known.inside().isEmpty() && !StepPaths.isCall(kamelet);
      String inside = step.named() ? step.toString() : step.place();
      exchange.setProperty(PROPERTY, isUseful ? new Note(cause, "", inside) : known);
      return;
    }
    String inside = known.inside().isEmpty() ? "" : ", in " + known.inside();
    exchange.setProperty(PROPERTY, new Note(cause, step + inside, known.inside()));
  }

  /** The failed step with its file and line; empty when unknown. */
  public static String of(Exchange exchange) {
    Note note = exchange.getProperty(PROPERTY, Note.class);
    if (note == null || note.cause() != exchange.getException()) {
      return "";
    }
    return note.step().isEmpty() ? note.inside() : note.step();
  }
}
