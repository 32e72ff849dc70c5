package hub.inbox.camel;

import hub.inbox.JoinsTransaction;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** A step of a transacted handler that does what the test plans. */
@JoinsTransaction
final class Trouble implements Processor {
  interface Plan {
    void with(Exchange exchange) throws Exception;
  }

  volatile Plan plan = exchange -> {};

  @Override
  public void process(Exchange exchange) throws Exception {
    plan.with(exchange);
  }
}
