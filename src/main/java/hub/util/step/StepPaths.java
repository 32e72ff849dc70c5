package hub.util.step;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.KameletDefinition;
import org.apache.camel.model.LoopDefinition;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.RoutingSlipDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/** Updates the {@link StepPath} of every exchange. Stateless. */
public final class StepPaths implements InterceptStrategy {
  /** Kamelets that make one call; the path does not go into them. */
  private static final Set<String> CALLS = Set.of("http-api-action", "provider-call-action");

  /** Schemes of endpoints behind which nothing reads the path. */
  private static final Set<String> ENDS = Set.of("jdbc", "log", "mock", "smtp", "sql");

  /** Whether the Kamelet makes one call, so that the step that uses it is the call. */
  public static boolean isCall(String kamelet) {
    return CALLS.contains(kamelet);
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor next) {
    Step step =
        leads(definition) && !isCall(Step.kameletAround(definition)) ? Step.of(definition) : null;
    String turns = turns(definition.getParent());
    String own = turns(definition);
    if (step == null && turns == null && own == null) {
      return AsyncProcessorConverterHelper.convert(target);
    }
    return new DelegateAsyncProcessor(target) {
      @Override
      public boolean process(Exchange exchange, AsyncCallback callback) {
        StepPath before = StepPath.of(exchange);
        Object around = own == null ? null : exchange.getProperty(own);
        StepPath path = before;
        if (turns != null) {
          path = path.turn(exchange.getProperty(turns, -1, Integer.class));
        }
        if (step != null) {
          path = path.into(step);
        }
        path.leaveAt(exchange);
        return super.process(
            exchange,
            doneSync -> {
              before.leaveAt(exchange);
              if (around != null) {
                // Camel leaves the index of the inner split or loop.
                exchange.setProperty(own, around);
              }
              callback.done(doneSync);
            });
      }
    };
  }

  /** The property with the index of a split or loop; null for any other step. */
  private static String turns(NamedNode definition) {
    if (definition instanceof SplitDefinition) {
      return Exchange.SPLIT_INDEX;
    }
    return definition instanceof LoopDefinition ? Exchange.LOOP_INDEX : null;
  }

  private static boolean leads(NamedNode definition) {
    if (definition instanceof SendDefinition<?> send) {
      String uri = send.getEndpointUri();
      int end = uri == null ? -1 : uri.indexOf(':');
      return end < 0 || !ENDS.contains(uri.substring(0, end).toLowerCase(Locale.ROOT));
    }
    return definition instanceof KameletDefinition
        || definition instanceof ToDynamicDefinition
        || definition instanceof EnrichDefinition
        || definition instanceof RecipientListDefinition
        || definition instanceof RoutingSlipDefinition;
  }
}
