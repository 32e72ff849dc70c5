package hub.inbox.camel;

import hub.inbox.idempotency.IdempotencyKeys;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.DataFormatDefinitionAware;
import org.apache.camel.model.IdempotentConsumerDefinition;
import org.apache.camel.model.InterceptDefinition;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.OnCompletionDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SortDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.ThrowExceptionDefinition;
import org.apache.camel.model.TryDefinition;
import org.apache.camel.model.dataformat.CustomDataFormat;
import org.apache.camel.model.errorhandler.DeadLetterChannelDefinition;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.MethodCallExpression;

/** Tells of one step whether a transaction can hold its effect. Thread-safe. */
final class StepEffects {
  /**
   * By their names in YAML; they change the exchange alone, or lead to steps that are looked at.
   */
  private static final Set<String> PLAIN =
      Set.of(
          "choice",
          "convertBodyTo",
          "convertHeaderTo",
          "convertVariableTo",
          "doCatch",
          "doFinally",
          "doTry",
          "filter",
          "intercept",
          "interceptFrom",
          "log",
          "loop",
          "marshal",
          "onCompletion",
          "otherwise",
          "pipeline",
          "removeHeader",
          "removeHeaders",
          "removeProperties",
          "removeProperty",
          "removeVariable",
          "rollback",
          "setBody",
          "setExchangePattern",
          "setHeader",
          "setHeaders",
          "setProperty",
          "setVariable",
          "setVariables",
          "sort",
          "step",
          "stop",
          "throwException",
          "transform",
          "transformDataType",
          "unmarshal",
          "validate",
          "when");

  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "delay", "waits, while others wait for the rows that are locked",
          "throttle", "waits, while others wait for the rows that are locked",
          "threads", "goes on in another thread, outside of the transaction",
          "wireTap", "goes on in another thread, outside of the transaction",
          "aggregate", "goes on outside of the transaction",
          "resequence", "goes on outside of the transaction");

  /** Schemes whose endpoints change the message alone. */
  private static final Set<String> PLAIN_SCHEMES =
      Set.of("dataformat", "json-validator", "log", "mock", "validator");

  private static final Set<String> DATABASE_SCHEMES = Set.of("inbox", "sql");

  /** Replaces the statement of a {@code sql:} step. */
  static final String STATEMENT_HEADER = "CamelSqlQuery";

  private final CamelContext context;
  private final boolean isBeforeStart;
  private final SqlEffects sql;
  private final JoiningCode code;

  StepEffects(CamelContext context) {
    this(context, false);
  }

  /**
   * @param isBeforeStart whether beans, settings and some routes are not there yet; what depends on
   *     them is no obstacle
   */
  StepEffects(CamelContext context, boolean isBeforeStart) {
    this.context = context;
    this.isBeforeStart = isBeforeStart;
    this.sql = new SqlEffects(context);
    this.code = new JoiningCode(context, isBeforeStart);
  }

  boolean isBeforeStart() {
    return isBeforeStart;
  }

  /** Looks at the step itself, not at the steps within and its expressions. */
  Optional<Obstacle> obstacle(ProcessorDefinition<?> step, List<JoiningCode.LocalBean> beans) {
    String kind = step.getShortName();
    if (step instanceof SplitDefinition split) {
      return besides(split.getParallelProcessing(), split.getExecutorService(), split.getTimeout())
          .or(() -> code.helper(split.getAggregationStrategyBean(), split.getAggregationStrategy()))
          .or(() -> code.helper(split.getOnPrepareProcessor(), split.getOnPrepare()));
    }
    if (step instanceof MulticastDefinition all) {
      return besides(all.getParallelProcessing(), all.getExecutorService(), all.getTimeout())
          .or(() -> code.helper(all.getAggregationStrategyBean(), all.getAggregationStrategy()))
          .or(() -> code.helper(all.getOnPrepareProcessor(), all.getOnPrepare()));
    }
    if (step instanceof IdempotentConsumerDefinition keys) {
      return isOfHub(keys)
          ? Optional.empty()
          : Obstacle.of("its keys are kept outside of the transaction", "use #idempotency");
    }
    if (step instanceof OnExceptionDefinition rule) {
      return ofRule(rule);
    }
    if (step instanceof ProcessDefinition || step instanceof BeanDefinition) {
      return code.joins(code.typeOf(step, beans)) ? Optional.empty() : Obstacle.code("its bean");
    }
    if ((step instanceof LogDefinition log && PureExpressions.callsCode(log.getMessage()))
        || (step instanceof ThrowExceptionDefinition error
            && PureExpressions.callsCode(error.getMessage()))) {
      return Obstacle.code("its bean");
    }
    if (step instanceof SortDefinition<?> sort) {
      return code.helper(sort.getComparatorBean(), sort.getComparator());
    }
    if (step instanceof DataFormatDefinitionAware format
        && format.getDataFormatType() instanceof CustomDataFormat custom) {
      return code.helper(null, custom.getRef());
    }
    return PLAIN.contains(kind)
        ? Optional.empty()
        : Obstacle.elsewhere(
            kind + " " + ELSEWHERE.getOrDefault(kind, "may act outside of the transaction"));
  }

  /** Looks at a step that has effects within. */
  static Optional<Obstacle> obstacleToEffects(ProcessorDefinition<?> step) {
    if (step instanceof TryDefinition) {
      return Obstacle.of(
          "doTry would go on after a failed statement, which the database does not",
          "leave the failure to the inbox, which retries the event");
    }
    if (step instanceof OnCompletionDefinition) {
      return Obstacle.elsewhere("onCompletion runs after the transaction");
    }
    return step instanceof InterceptDefinition
        ? Obstacle.elsewhere(step.getShortName() + " has effects beside the handler's own")
        : Optional.empty();
  }

  private static Optional<Obstacle> ofRule(OnExceptionDefinition rule) {
    boolean acts =
        !rule.getOutputs().isEmpty() || rule.getHandled() != null || rule.getContinued() != null;
    return acts
        ? Obstacle.of(
            "a failure rolls the event back, so its onException never runs",
            "leave the failure to the inbox, which retries the event")
        : Optional.empty();
  }

  /** Whether the step itself, which joins the transaction, might store something. */
  boolean mayStore(ProcessorDefinition<?> step, List<JoiningCode.LocalBean> beans) {
    return step instanceof IdempotentConsumerDefinition
        || ((step instanceof ProcessDefinition || step instanceof BeanDefinition)
            && JoiningCode.stores(code.typeOf(step, beans)))
        || EndpointUse.of(context, step)
            .filter(use -> DATABASE_SCHEMES.contains(use.scheme()))
            .isPresent();
  }

  /** As {@link #mayStore}, for a step of a route that runs; what is not known counts. */
  boolean mayUseDatabase(ProcessorDefinition<?> step) {
    boolean isBeanOfKamelet =
        (step instanceof ProcessDefinition process
                && String.valueOf(process.getRef()).contains("{{"))
            || (step instanceof BeanDefinition bean
                && String.valueOf(bean.getRef()).contains("{{"));
    return isBeanOfKamelet
        || mayStore(step, List.of())
        || StepClauses.expressions(step).stream().anyMatch(this::mayStore);
  }

  /** Looks at an expression. */
  Optional<Obstacle> obstacle(ExpressionDefinition expression) {
    if (expression instanceof MethodCallExpression call) {
      return code.joins(code.typeOf(call)) ? Optional.empty() : Obstacle.code("its bean");
    }
    if (PureExpressions.isPure(expression)) {
      return Optional.empty();
    }
    return Obstacle.code(
        PureExpressions.isPure(expression.getLanguage()) ? "its bean" : expression.getLanguage());
  }

  boolean mayStore(ExpressionDefinition expression) {
    return expression instanceof MethodCallExpression call && JoiningCode.stores(code.typeOf(call));
  }

  /** Looks at an endpoint that leads to no other route. */
  Optional<Obstacle> obstacle(EndpointUse use) {
    if (isBeforeStart && use.isFilledIn()) {
      return Optional.empty();
    }
    if (use.scheme().equals("sql")) {
      return use.isDynamic() ? SqlEffects.unknownStatement() : sql.obstacle(use.uri());
    }
    if (use.isDynamic() && PureExpressions.callsCode(use.uri())) {
      return Obstacle.code("its bean");
    }
    if (use.scheme().equals("language")) {
      return ofLanguage(use);
    }
    return DATABASE_SCHEMES.contains(use.scheme()) || PLAIN_SCHEMES.contains(use.scheme())
        ? Optional.empty()
        : Obstacle.elsewhere(use.scheme() + ": reaches beyond the hub's database");
  }

  private static Optional<Obstacle> ofLanguage(EndpointUse use) {
    String language = use.name().replaceFirst("[:/].*", "");
    String decoded = URLDecoder.decode(use.uri().replace("+", "%2B"), StandardCharsets.UTF_8);
    boolean isFile = use.name().matches("\\w+:(resource|classpath|file|http).*");
    return PureExpressions.isPure(language) && !isFile && !PureExpressions.callsCode(decoded)
        ? Optional.empty()
        : Obstacle.code(language);
  }

  /** Looks at the name of a header that the step sets. */
  static Optional<Obstacle> headerObstacle(String name) {
    return STATEMENT_HEADER.equalsIgnoreCase(name)
        ? Obstacle.of(
            STATEMENT_HEADER + " replaces the statement of a sql: step",
            "write the statement into the step's uri")
        : Optional.empty();
  }

  static boolean hasDeadLetterChannel(RouteDefinition route) {
    return route.getErrorHandlerFactory() instanceof DeadLetterChannelDefinition;
  }

  boolean isDisabled(ProcessorDefinition<?> step) {
    String disabled = step.getDisabled();
    if (disabled == null || (isBeforeStart && disabled.contains("{{"))) {
      return disabled != null;
    }
    return "true".equals(context.resolvePropertyPlaceholders(disabled));
  }

  private static Optional<Obstacle> besides(String parallel, String executor, String timeout) {
    return Stream.of(parallel, executor, timeout).allMatch(StepEffects::isOff)
        ? Optional.empty()
        : Obstacle.of(
            "its parts run in other threads, outside of the transaction", "run them in turn");
  }

  private static boolean isOff(String option) {
    return option == null || option.isBlank() || option.equals("false") || option.equals("0");
  }

  private boolean isOfHub(IdempotentConsumerDefinition keys) {
    if (keys.getIdempotentRepositoryBean() != null) {
      return keys.getIdempotentRepositoryBean() instanceof IdempotencyKeys;
    }
    Optional<Class<?>> type = code.registered(keys.getIdempotentRepository());
    return type.filter(IdempotencyKeys.class::equals).isPresent()
        || (isBeforeStart && type.isEmpty());
  }
}
