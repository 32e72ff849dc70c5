package hub.inbox.camel;

import hub.inbox.JoinsTransaction;
import hub.inbox.idempotency.IdempotencyKeys;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.sql.SqlComponent;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.IdempotentConsumerDefinition;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.errorhandler.DeadLetterChannelDefinition;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.MethodCallExpression;

/** Tells of one step whether a transaction can hold its effect. Thread-safe. */
final class StepEffects {
  /**
   * Why a transaction cannot hold a step.
   *
   * @param what the step does
   */
  record Obstacle(String what, String remedy) {}

  /**
   * A bean that each use of a Kamelet makes for itself.
   *
   * @param type empty: not known before
   */
  record LocalBean(String name, Optional<Class<?>> type) {
    static List<LocalBean> of(CamelContext context, RouteTemplateDefinition template) {
      return template.getTemplateBeans() == null
          ? List.of()
          : template.getTemplateBeans().stream()
              .map(
                  bean ->
                      new LocalBean(
                          bean.getName(),
                          typeOf(context, bean.getType())
                              .or(() -> Optional.ofNullable(bean.getBeanClass()))))
              .toList();
    }
  }

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
          "log",
          "loop",
          "marshal",
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
          "resequence", "goes on outside of the transaction",
          "onCompletion", "runs after the transaction");

  private static final Set<String> PURE_LANGUAGES =
      Set.of(
          "constant",
          "csimple",
          "exchangeProperty",
          "header",
          "jq",
          "jsonpath",
          "simple",
          "tokenize",
          "variable",
          "xpath",
          "xquery",
          "xtokenize");

  private static final Pattern SQL_OPTION =
      Pattern.compile(
          "[?&](batch|batchAutoCommitDisabled|outputType|dataSource|dataSourceRef)=([^&]*)");

  private static final String OWN_HANDLER =
      "give it a handler of its own, which may take what this one appends to an inbox";

  private final CamelContext context;

  StepEffects(CamelContext context) {
    this.context = context;
  }

  /** Looks at the step itself, not at the steps within. */
  Optional<Obstacle> obstacle(ProcessorDefinition<?> step, List<LocalBean> beans) {
    String kind = step.getShortName();
    if (step instanceof SplitDefinition split) {
      return besides(split.getParallelProcessing(), split.getExecutorService(), split.getTimeout());
    }
    if (step instanceof MulticastDefinition all) {
      return besides(all.getParallelProcessing(), all.getExecutorService(), all.getTimeout());
    }
    if (step instanceof IdempotentConsumerDefinition keys) {
      return isOfHub(keys)
          ? Optional.empty()
          : obstacle("its keys are kept outside of the transaction", "use #idempotency");
    }
    if (step instanceof OnExceptionDefinition rule) {
      boolean acts =
          !rule.getOutputs().isEmpty() || rule.getHandled() != null || rule.getContinued() != null;
      return acts
          ? obstacle(
              "a failure rolls the event back, so its onException never runs",
              "leave the failure to the inbox, which retries the event")
          : Optional.empty();
    }
    if (step instanceof ProcessDefinition || step instanceof BeanDefinition) {
      return joins(beanOf(step, beans)) ? Optional.empty() : code("its bean");
    }
    if (PLAIN.contains(kind)) {
      return Optional.empty();
    }
    return obstacle(
        kind + " " + ELSEWHERE.getOrDefault(kind, "is not known to have no other effect"),
        OWN_HANDLER);
  }

  /** Whether a bean, which may join the transaction, might store something. */
  boolean mayStore(ProcessorDefinition<?> step, List<LocalBean> beans) {
    return step instanceof ProcessDefinition
        && beanOf(step, beans)
            .map(type -> type.getAnnotation(JoinsTransaction.class))
            .filter(JoinsTransaction::stores)
            .isPresent();
  }

  /** Looks at an expression. */
  Optional<Obstacle> obstacle(ExpressionNode node) {
    ExpressionDefinition expression = node.getExpression();
    if (expression == null) {
      return Optional.empty();
    }
    String language = expression.getLanguage();
    if (expression instanceof MethodCallExpression call) {
      Optional<Class<?>> type =
          Optional.<Class<?>>ofNullable(call.getBeanType())
              .or(() -> typeOf(context, call.getBeanTypeName()))
              .or(() -> registered(call.getRef()));
      return joins(type) ? Optional.empty() : code("its bean");
    }
    boolean callsBean = String.valueOf(expression.getExpression()).contains("${bean:");
    return PURE_LANGUAGES.contains(language) && !callsBean ? Optional.empty() : code(language);
  }

  /** Looks at the options of a {@code sql:} step. */
  Optional<Obstacle> sqlObstacle(String uri) {
    Matcher option = SQL_OPTION.matcher(uri);
    boolean isBatch = false;
    boolean commitsBatch = true;
    while (option.find()) {
      String value = option.group(2);
      switch (option.group(1)) {
        case "batch" -> isBatch = !value.equals("false");
        case "batchAutoCommitDisabled" -> commitsBatch = !value.equals("false");
        case "outputType" -> {
          if (value.equalsIgnoreCase("StreamList")) {
            return obstacle(
                "outputType=StreamList reads on a connection of its own", "use SelectList");
          }
        }
        default -> {
          return obstacle(
              "its dataSource is not the transaction's",
              "leave it out, if it is the hub's database");
        }
      }
    }
    if (isBatch && commitsBatch) {
      return obstacle(
          "batch=true commits the whole transaction before its end",
          "write batchAutoCommitDisabled=false beside it");
    }
    SqlComponent component = (SqlComponent) context.hasComponent("sql");
    Object ours = context.getRegistry().lookupByName("dataSource");
    return component == null
            || component.getDataSource() == null
            || component.getDataSource() == ours
        ? Optional.empty()
        : obstacle("camel.component.sql.data-source is not the hub's", "leave that setting out");
  }

  static boolean hasDeadLetterChannel(RouteDefinition route) {
    return route.getErrorHandlerFactory() instanceof DeadLetterChannelDefinition;
  }

  static boolean isDisabled(CamelContext context, ProcessorDefinition<?> step) {
    String disabled = step.getDisabled();
    return disabled != null && "true".equals(context.resolvePropertyPlaceholders(disabled));
  }

  private static Optional<Obstacle> besides(String parallel, String executor, String timeout) {
    return Stream.of(parallel, executor, timeout).allMatch(StepEffects::isOff)
        ? Optional.empty()
        : obstacle(
            "its parts run in other threads, outside of the transaction", "run them in turn");
  }

  private static boolean isOff(String option) {
    return option == null || option.isBlank() || option.equals("false") || option.equals("0");
  }

  private boolean isOfHub(IdempotentConsumerDefinition keys) {
    if (keys.getIdempotentRepositoryBean() != null) {
      return keys.getIdempotentRepositoryBean() instanceof IdempotencyKeys;
    }
    return registered(keys.getIdempotentRepository())
        .filter(IdempotencyKeys.class::equals)
        .isPresent();
  }

  private Optional<Class<?>> beanOf(ProcessorDefinition<?> step, List<LocalBean> beans) {
    String ref = step instanceof ProcessDefinition process ? process.getRef() : null;
    if (step instanceof BeanDefinition bean) {
      ref = bean.getRef();
      if (ref == null) {
        return Optional.<Class<?>>ofNullable(bean.getBeanClass())
            .or(() -> typeOf(context, bean.getBeanType()));
      }
    }
    String name = String.valueOf(ref);
    return beans.stream()
        .filter(bean -> name.equals("{{" + bean.name() + "}}") || name.equals(bean.name()))
        .findFirst()
        .map(LocalBean::type)
        .orElseGet(() -> registered(name));
  }

  private Optional<Class<?>> registered(String ref) {
    if (ref == null) {
      return Optional.empty();
    }
    String name = ref.replaceFirst("^#(bean:)?", "");
    return name.startsWith("class:")
        ? typeOf(context, ref)
        : Optional.ofNullable(context.getRegistry().lookupByName(name)).map(Object::getClass);
  }

  private static Optional<Class<?>> typeOf(CamelContext context, String name) {
    return name == null
        ? Optional.empty()
        : Optional.ofNullable(
            context.getClassResolver().resolveClass(name.replaceFirst("^#class:", "")));
  }

  private static boolean joins(Optional<Class<?>> type) {
    return type.filter(one -> one.isAnnotationPresent(JoinsTransaction.class)).isPresent();
  }

  private static Optional<Obstacle> code(String what) {
    return obstacle(
        what + " may do anything, which the hub cannot see",
        "mark its class @JoinsTransaction if it changes nothing outside of the exchange, or use steps instead");
  }

  private static Optional<Obstacle> obstacle(String what, String remedy) {
    return Optional.of(new Obstacle(what, remedy));
  }
}
