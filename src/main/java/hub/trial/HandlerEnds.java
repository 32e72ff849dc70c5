package hub.trial;

import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;

/**
 * Gives handlers the variables of the test, and ends the process, as far as a test can, when a
 * handler has done all of its steps.
 */
final class HandlerEnds extends RoutePolicySupport {
  private final Stages stages;

  HandlerEnds(Stages stages) {
    this.stages = stages;
  }

  @Override
  public void onExchangeBegin(Route route, Exchange exchange) {
    if (stages.handlers().contains(route.getId())
        && route.getId().equals(exchange.getFromRouteId())) {
      stages.variables().forEach(exchange::setVariable);
    }
  }

  @Override
  public void onExchangeDone(Route route, Exchange exchange) {
    if (stages.handlers().contains(route.getId())
        && exchange.getException() == null
        && stages.current().stopsAtEnd()) {
      exchange.setException(new StoppedException());
    }
  }
}
