package hub.lint;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks that a handler's {@code types} can come: only where every route that appends to its inbox
 * gives its events one constant type, so that it is sure.
 */
final class TypeRules {
  private final Project project;
  private final Faults faults;

  TypeRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  void checkAll() {
    for (Route route : project.routes()) {
      route
          .from()
          .filter(from -> from.scheme().equals("inbox") && !from.hasPlaceholder())
          .filter(from -> from.parameters().containsKey("types"))
          .ifPresent(this::check);
    }
  }

  private void check(Endpoint from) {
    Endpoint.Parameter types = from.parameters().get("types");
    Set<String> sent = sent(from.name());
    if (sent.isEmpty() || types.hasPlaceholder()) {
      return;
    }
    for (String type : Arrays.stream(types.value().split(",")).map(String::strip).toList()) {
      String pattern = "\\Q" + type.replace("*", "\\E.*\\Q") + "\\E";
      if (!type.isEmpty() && sent.stream().noneMatch(one -> one.matches(pattern))) {
        faults.warning(
            types.location(),
            "no event of the type '" + type + "' comes to inbox:" + from.name(),
            Suggest.remedy(type, sent));
      }
    }
  }

  /** The types that come to an inbox; empty when they are not known for sure. */
  private Set<String> sent(String inbox) {
    Set<String> types = new TreeSet<>();
    List<Route> feeding =
        project.routes().stream()
            .filter(
                route ->
                    route.endpoints().stream()
                        .anyMatch(
                            endpoint ->
                                !endpoint.isConsumer()
                                    && endpoint.scheme().equals("inbox")
                                    && (endpoint.name().equals(inbox)
                                        || endpoint.hasPlaceholder())))
            .toList();
    for (Route route : feeding) {
      String type =
          route
              .from()
              .filter(from -> from.address().equals("kamelet:" + WebhookRules.KAMELET))
              .flatMap(from -> from.value("eventType"))
              .orElse("");
      boolean isConstant = type.matches("'[^'{}]+'");
      boolean setsType =
          Spot.in(route.tree()).stream()
              .anyMatch(spot -> spot.key().equals("name") && spot.text().equals("type"));
      if (!isConstant || setsType) {
        return Set.of();
      }
      types.add(type.substring(1, type.length() - 1));
    }
    return project.isFedElsewhere(inbox) ? Set.of() : types;
  }
}
