package hub.inbox.camel;

import hub.inbox.JoinsTransaction;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.language.MethodCallExpression;

/** The classes that steps call, and whether they join the transaction. Thread-safe. */
final class JoiningCode {
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
                          named(context, bean.getType())
                              .or(() -> Optional.ofNullable(bean.getBeanClass()))))
              .toList();
    }
  }

  private final CamelContext context;
  private final boolean isBeforeStart;

  /**
   * @param isBeforeStart whether beans are not there yet; those that are not found are no obstacle
   */
  JoiningCode(CamelContext context, boolean isBeforeStart) {
    this.context = context;
    this.isBeforeStart = isBeforeStart;
  }

  Optional<Class<?>> typeOf(ProcessorDefinition<?> step, List<LocalBean> beans) {
    String ref = step instanceof ProcessDefinition process ? process.getRef() : null;
    if (step instanceof BeanDefinition bean) {
      ref = bean.getRef();
      if (ref == null) {
        return Optional.<Class<?>>ofNullable(bean.getBeanClass())
            .or(() -> named(context, bean.getBeanType()));
      }
    }
    String name = String.valueOf(ref);
    return beans.stream()
        .filter(bean -> name.equals("{{" + bean.name() + "}}") || name.equals(bean.name()))
        .findFirst()
        .map(LocalBean::type)
        .orElseGet(() -> registered(name));
  }

  Optional<Class<?>> registered(String ref) {
    if (ref == null) {
      return Optional.empty();
    }
    String name = ref.replaceFirst("^#(bean:)?", "");
    return name.startsWith("class:")
        ? named(context, ref)
        : Optional.ofNullable(context.getRegistry().lookupByName(name)).map(Object::getClass);
  }

  private static Optional<Class<?>> named(CamelContext context, String name) {
    return name == null
        ? Optional.empty()
        : Optional.ofNullable(
            context.getClassResolver().resolveClass(name.replaceFirst("^#class:", "")));
  }

  Optional<Class<?>> typeOf(MethodCallExpression call) {
    return Optional.<Class<?>>ofNullable(call.getBeanType())
        .or(() -> named(context, call.getBeanTypeName()))
        .or(() -> registered(call.getRef()));
  }

  /** Code that helps a step: Camel's own, or marked. */
  Optional<Obstacle> helper(Object beanOrNull, String refOrNull) {
    if (beanOrNull == null && refOrNull == null) {
      return Optional.empty();
    }
    Optional<Class<?>> type =
        beanOrNull == null ? registered(refOrNull) : Optional.of(beanOrNull.getClass());
    boolean isKnown = joins(type) || type.filter(JoiningCode::isOfCamel).isPresent();
    return isKnown ? Optional.empty() : Obstacle.code(refOrNull == null ? "its bean" : refOrNull);
  }

  private static boolean isOfCamel(Class<?> type) {
    return type.getName().startsWith("org.apache.camel.");
  }

  static boolean stores(Optional<Class<?>> type) {
    return type.map(one -> one.getAnnotation(JoinsTransaction.class))
        .filter(JoinsTransaction::stores)
        .isPresent();
  }

  boolean joins(Optional<Class<?>> type) {
    return (isBeforeStart && type.isEmpty())
        || type.filter(one -> one.isAnnotationPresent(JoinsTransaction.class)).isPresent();
  }
}
