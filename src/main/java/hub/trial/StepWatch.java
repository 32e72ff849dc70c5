package hub.trial;

import hub.lint.TestCase.Stub;
import hub.util.step.Step;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.IdempotentConsumerDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Notes every step of a route, puts a stub in its place, and stops after it. Within Kamelets it
 * only tells which step of the route they work for. Thread-safe.
 */
final class StepWatch implements InterceptStrategy {
  private final Stages stages;

  StepWatch(Stages stages) {
    this.stages = stages;
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor next) {
    if (!Step.kameletAround(definition).isEmpty()) {
      return new Watched(target, null, StepKind.logs(definition)) {
        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
          return run(exchange, callback);
        }
      };
    }
    StepKind kind = StepKind.of(context, definition);
    boolean stores = StepKind.stores(definition);
    boolean guards = definition instanceof IdempotentConsumerDefinition;
    return new Watched(target, definition, StepKind.logs(definition)) {
      @Override
      public boolean process(Exchange exchange, AsyncCallback callback) {
        Stage stage = stages.current();
        if (stage.isStopped()) {
          return endNow(exchange, callback);
        }
        Step step = step();
        if (step.place().isEmpty()) {
          // A route of the hub itself.
          return run(exchange, callback);
        }
        StepMark.set(exchange, step);
        stages.reached(step.toString());
        if (stores) {
          stage.stores(step.toString());
        }
        if (guards) {
          StepMark.guard(exchange, 1);
        }
        AsyncCallback ended =
            doneSync -> {
              if (guards) {
                StepMark.guard(exchange, -1);
              }
              if (exchange.getException() == null && stage.stopsAfter(step.toString())) {
                end(exchange);
              }
              callback.done(doneSync);
            };
        if (kind.isReplaced() && step.named() && stage.hasStub(step.name())) {
          boolean acts = StepEffect.isOf(context, definition);
          return replace(stage, OutsideCalls.ofStep(step, exchange, acts), step, exchange, ended);
        }
        if (kind == StepKind.CODE_OF_CALL && step.named()) {
          stage.missing(step.name(), step.toString());
          exchange.setException(new MissingStubException(step.toString()));
          ended.done(true);
          return true;
        }
        return run(exchange, ended);
      }
    };
  }

  private boolean replace(
      Stage stage, SentCall call, Step step, Exchange exchange, AsyncCallback callback) {
    try {
      Stub stub = stage.answer(call);
      OutsideCalls.apply(stub, step, exchange, stages.clock());
    } catch (Exception e) {
      exchange.setException(e);
    }
    callback.done(true);
    return true;
  }

  private static boolean endNow(Exchange exchange, AsyncCallback callback) {
    end(exchange);
    callback.done(true);
    return true;
  }

  private static void end(Exchange exchange) {
    exchange.setException(new StoppedException());
    exchange.getExchangeExtension().setRedeliveryExhausted(true);
  }

  /** Tells the thread which exchange it works on. */
  private abstract static class Watched extends DelegateAsyncProcessor {
    private final NamedNode definition;
    private final boolean logs;
    private Step step;

    /**
     * @param logs whether the step writes a line to the log
     */
    Watched(Processor target, NamedNode definition, boolean logs) {
      super(target);
      this.definition = definition;
      this.logs = logs;
    }

    /** Read at the first run: only then has every step its id. */
    synchronized Step step() {
      if (step == null) {
        step = Step.of(definition);
      }
      return step;
    }

    boolean run(Exchange exchange, AsyncCallback callback) {
      StepMark.inherit(exchange);
      Exchange before = StepMark.swap(exchange);
      boolean loggedBefore = StepMark.logs(logs);
      try {
        return super.process(exchange, callback);
      } finally {
        StepMark.logs(loggedBefore);
        StepMark.swap(before);
      }
    }
  }
}
