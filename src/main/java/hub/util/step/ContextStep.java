package hub.util.step;

import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Processor;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.service.ServiceSupport;

/** A step that a Kamelet makes and that looks up what it needs in its Camel context. */
public abstract class ContextStep extends ServiceSupport implements Processor, CamelContextAware {
  private CamelContext context;

  @Override
  public final CamelContext getCamelContext() {
    return context;
  }

  @Override
  public final void setCamelContext(CamelContext camelContext) {
    this.context = camelContext;
  }

  /** The bean of this name; the hub cannot start without it. */
  protected final <T> T bean(String name, Class<T> type) {
    return CamelContextHelper.mandatoryLookup(context, name, type);
  }
}
