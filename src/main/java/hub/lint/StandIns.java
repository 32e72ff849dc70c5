package hub.lint;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import org.apache.camel.spi.BeanRepository;

/**
 * Gives the routes of a dry start something in place of each bean that a start would have. What
 * stands in has the type that is asked for and does nothing.
 */
final class StandIns implements BeanRepository {
  /** Says that a bean is known, and cannot be shown without being created. */
  static final class NotShownException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotShownException(String name) {
      super("the bean " + name + " is made by a start only");
    }
  }

  /** Before the name of a bean of a Kamelet's template. */
  static final String OF_TEMPLATE = "bean-of-template-";

  private final KnownBeans beans;

  StandIns(KnownBeans beans) {
    this.beans = beans;
  }

  private boolean has(String name) {
    return beans.has(name) || name.startsWith(OF_TEMPLATE);
  }

  @Override
  public Object lookupByName(String name) {
    if (has(name)) {
      throw new NotShownException(name);
    }
    return null;
  }

  @Override
  public <T> T lookupByNameAndType(String name, Class<T> type) {
    if (!has(name)) {
      return null;
    }
    if (!type.isInterface()) {
      throw new NotShownException(name);
    }
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "toString" -> name;
                  case "hashCode" -> name.hashCode();
                  case "equals" -> proxy == arguments[0];
                  default -> nothing(method.getReturnType());
                }));
  }

  /** What a method returns that does nothing. */
  private static Object nothing(Class<?> type) {
    if (type == boolean.class) {
      return false;
    }
    if (!type.isPrimitive() || type == void.class) {
      return null;
    }
    return type == char.class ? (Object) ' ' : number(type);
  }

  private static Object number(Class<?> type) {
    return switch (type.getName()) {
      case "long" -> 0L;
      case "double" -> 0d;
      case "float" -> 0f;
      case "short" -> (short) 0;
      case "byte" -> (byte) 0;
      default -> 0;
    };
  }

  @Override
  public <T> Map<String, T> findByTypeWithName(Class<T> type) {
    return Map.of();
  }

  @Override
  public <T> Set<T> findByType(Class<T> type) {
    return Set.of();
  }
}
