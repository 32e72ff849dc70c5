package hub.lint;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Processor;
import org.apache.camel.spi.IdempotentRepository;

/** Checks the beans that steps and endpoints name: they exist, with the class and method needed. */
final class BeanRules {
  /** Keys that name a bean, with or without {@code #}, and what it has to be. */
  private static final Map<String, Class<?>> KEYS =
      Map.ofEntries(
          Map.entry("aggregationStrategy", Object.class),
          Map.entry("idempotentRepository", IdempotentRepository.class),
          Map.entry("onPrepare", Processor.class),
          Map.entry("onExceptionOccurredRef", Processor.class),
          Map.entry("onRedeliveryRef", Processor.class),
          Map.entry("onPrepareFailureRef", Processor.class),
          Map.entry("redeliveryPolicyRef", Object.class),
          Map.entry("aggregationRepository", Object.class));

  /** These may name a pool of a thread pool profile as well. */
  private static final Set<String> POOLS =
      Set.of("executorService", "timeoutCheckerExecutorService", "timeoutExecutorService");

  private final KnownBeans beans;
  private final Classes classes;
  private final Faults faults;

  BeanRules(KnownBeans beans, Classes classes, Faults faults) {
    this.beans = beans;
    this.classes = classes;
    this.faults = faults;
  }

  /** Checks the steps of a file. */
  void check(List<Spot> spots) {
    for (Spot spot : spots) {
      if (!spot.isLiteral()) {
        continue;
      }
      String text = spot.text().strip();
      if (spot.key().equals("ref")) {
        checkRef(spot, text);
      } else if (KEYS.containsKey(spot.key())) {
        checkNamed(spot.location(), text, KEYS.get(spot.key()));
      } else if (POOLS.contains(spot.key())) {
        checkNamed(spot.location(), text, Object.class);
      } else if (spot.key().equals("method") && spot.owner().get("beanType").isPresent()) {
        classes
            .find(spot.owner().text("beanType").strip())
            .ifPresent(type -> Methods.parse(text).check(type, spot.location(), faults));
      }
    }
    // A method's arguments may hold functions of Simple.
    spots.stream()
        .filter(spot -> spot.key().equals("method") && !spot.isLiteral())
        .forEach(this::checkCall);
  }

  private void checkCall(Spot spot) {
    if (!spot.entry().value().isText() || spot.text().contains("{{")) {
      return;
    }
    String type = spot.owner().text("beanType").strip();
    String ref = spot.owner().text("ref").strip().replaceFirst("^#(bean:)?", "");
    Optional<Class<?>> called = type.isEmpty() ? beans.type(ref) : classes.find(type);
    called.ifPresent(one -> Methods.parse(spot.text()).check(one, spot.location(), faults));
  }

  private void checkRef(Spot spot, String name) {
    switch (spot.under()) {
      case "process" -> checkNamed(spot.location(), name, Processor.class);
      case "bean", "method" -> {
        if (checkNamed(spot.location(), name, Object.class)) {
          spot.owner()
              .entry("method")
              .filter(method -> !method.value().text().contains("${"))
              .ifPresent(
                  method ->
                      beans
                          .type(plain(name))
                          .ifPresent(
                              type ->
                                  Methods.parse(method.value().text())
                                      .check(type, method.location(), faults)));
        }
      }
      default -> {}
    }
  }

  /** Checks the parameters of an endpoint that name beans, and the address {@code bean:name}. */
  void check(Endpoint endpoint) {
    endpoint
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (parameter.value().matches("#[\\w.$-]+|#(bean|class):.*")
                  && !parameter.hasPlaceholder()) {
                checkNamed(parameter.location(), parameter.value(), Object.class);
              }
            });
    if (endpoint.scheme().equals("bean") && !endpoint.hasPlaceholder()) {
      String name = endpoint.name();
      if (classes.find(name).isEmpty()
          && checkNamed(endpoint.location(), name, Object.class)
          && endpoint.parameters().containsKey("method")) {
        beans
            .type(name)
            .ifPresent(
                type ->
                    Methods.parse(endpoint.value("method").orElse(""))
                        .check(type, endpoint.locationOf("method"), faults));
      }
    }
  }

  /**
   * Whether it is there.
   *
   * @param written {@code name}, {@code #name}, {@code #bean:name} or {@code #class:name}
   */
  private boolean checkNamed(Location location, String written, Class<?> needed) {
    if (written.isEmpty() || written.matches("#(type|valueAs)[:(].*")) {
      return true;
    }
    if (written.startsWith("#class:")) {
      String name = written.substring("#class:".length()).replaceFirst("[(#].*", "");
      Optional<Class<?>> found = classes.find(name);
      if (found.isEmpty() && !RenamedClassRules.isRenamed(name)) {
        faults.error(location, "there is no class '" + name + "'", classes.remedy(name));
      }
      found.ifPresent(type -> checkType(location, name, type, needed));
      return found.isPresent();
    }
    String name = plain(written);
    if (!beans.has(name)) {
      report(location, name, needed);
      return false;
    }
    beans.type(name).ifPresent(type -> checkType(location, name, type, needed));
    return true;
  }

  private void report(Location location, String name, Class<?> needed) {
    if (RenamedClassRules.isRenamed(name)) {
      return; // told with its new name
    }
    String remedy =
        GoneBeans.remedy(name)
            .or(
                () ->
                    Suggest.nearest(name, beans.names())
                        .map(near -> "did you mean '" + near + "'?"))
            .orElse(
                "add the bean under 'beans:' or as camel.beans."
                    + name
                    + (needed == Processor.class ? "" : ", or write #class: and a class"));
    if (beans.isComplete()) {
      faults.error(location, "there is no bean '" + name + "'", remedy);
    } else {
      faults.warning(
          location, "there is no bean '" + name + "', unless code of your own binds it", remedy);
    }
  }

  private void checkType(Location location, String name, Class<?> type, Class<?> needed) {
    if (!needed.isAssignableFrom(type) && !isStrategyMethod(needed)) {
      faults.error(
          location,
          "'" + name + "' is a " + type.getSimpleName() + ", no " + needed.getSimpleName(),
          needed == Processor.class
              ? "call it by 'bean:' and a method, or name a bean that is a Processor"
              : "name a bean that is an " + needed.getSimpleName());
    }
  }

  /** Camel takes any object with a fitting method as a strategy. */
  private static boolean isStrategyMethod(Class<?> needed) {
    return needed == AggregationStrategy.class;
  }

  static String plain(String written) {
    return written.strip().replaceFirst("^#(bean:)?", "");
  }
}
