package hub.inbox.camel;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.HasExpressionType;
import org.apache.camel.model.InterceptDefinition;
import org.apache.camel.model.OnCompletionDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.SetHeaderDefinition;
import org.apache.camel.model.SetHeadersDefinition;
import org.apache.camel.model.SetVariablesDefinition;
import org.apache.camel.model.TryDefinition;
import org.apache.camel.model.language.ExpressionDefinition;

/** The parts of a step, also those that {@link ProcessorDefinition#getOutputs} leaves out. */
final class StepClauses {
  private StepClauses() {}

  /** The steps within; of a {@code doTry} those that it tries. */
  static List<ProcessorDefinition<?>> steps(ProcessorDefinition<?> step) {
    // Judged as a whole.
    if (step instanceof OnExceptionDefinition) {
      return List.of();
    }
    return step instanceof TryDefinition attempt
        ? attempt.getOutputsWithoutCatches()
        : step.getOutputs();
  }

  /** The steps that run when those of {@link #steps} have failed or ended. */
  static List<ProcessorDefinition<?>> clauses(ProcessorDefinition<?> step) {
    List<ProcessorDefinition<?>> clauses = new ArrayList<>();
    if (step instanceof TryDefinition attempt) {
      clauses.addAll(attempt.getCatchClauses());
      if (attempt.getFinallyClause() != null) {
        clauses.add(attempt.getFinallyClause());
      }
    }
    if (step instanceof CircuitBreakerDefinition breaker && breaker.getOnFallback() != null) {
      clauses.addAll(breaker.getOnFallback().getOutputs());
    }
    return clauses;
  }

  /** The expressions and conditions of the step itself. */
  static List<ExpressionDefinition> expressions(ProcessorDefinition<?> step) {
    Stream<? extends HasExpressionType> all =
        step instanceof HasExpressionType one ? Stream.of(one) : Stream.empty();
    if (step instanceof SetVariablesDefinition set) {
      all = set.getVariables().stream();
    } else if (step instanceof SetHeadersDefinition set) {
      all = set.getHeaders().stream();
    } else if (step instanceof ChoiceDefinition choice) {
      all = choice.getWhenClauses().stream();
    } else if (step instanceof CatchDefinition failure) {
      all = Stream.ofNullable(failure.getOnWhen());
    } else if (step instanceof InterceptDefinition around) {
      all = Stream.ofNullable(around.getOnWhen());
    } else if (step instanceof OnCompletionDefinition after) {
      all = Stream.ofNullable(after.getOnWhen());
    }
    return all.flatMap(one -> Stream.ofNullable(one.getExpressionType())).toList();
  }

  /** The names of the headers that the step sets. */
  static List<String> headers(ProcessorDefinition<?> step) {
    if (step instanceof SetHeadersDefinition set) {
      return set.getHeaders().stream().map(SetHeaderDefinition::getName).toList();
    }
    return step instanceof SetHeaderDefinition set ? List.of(set.getName()) : List.of();
  }
}
