package hub.lint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that no two calls of a handler share an idempotency key: the provider would take the
 * second for a repetition of the first. Follows the steps of an event into {@code direct:} routes
 * and Kamelets.
 */
final class CallRules {
  private static final String PROVIDER_CALL = "provider-call-action";
  private static final Set<String> CALLS = Set.of("http-api-action", PROVIDER_CALL);
  private static final Set<String> STEPS_WITH_ADDRESS = Set.of("to", "toD", "enrich", "wireTap");

  private final Project project;
  private final Faults faults;

  CallRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  void checkAll() {
    for (Route route : project.routes()) {
      if (route.from().filter(from -> from.scheme().equals("inbox")).isPresent()) {
        HandlerWalk walk = new HandlerWalk(route);
        route.tree().get("from").flatMap(from -> from.get("steps")).ifPresent(walk::walk);
      }
    }
  }

  /**
   * A call and the path to it.
   *
   * @param trail the locations of the steps that lead to the call, and its own at the end
   * @param unnamed whether it has neither id nor operation
   */
  private record Call(List<Location> trail, boolean unnamed) {
    Location location() {
      return trail.get(trail.size() - 1);
    }

    /** Whether one call is nested in the other. */
    boolean isPartOf(Call other) {
      int shared = Math.min(trail.size(), other.trail.size());
      return trail.subList(0, shared).equals(other.trail.subList(0, shared));
    }
  }

  /** A walk through the steps of one handler. */
  private final class HandlerWalk {
    private final Route handler;
    private final Map<String, Call> calls = new LinkedHashMap<>();
    private final Deque<String> ids = new ArrayDeque<>();
    private final Deque<Location> trail = new ArrayDeque<>();
    private final Deque<String> entered = new ArrayDeque<>();

    HandlerWalk(Route handler) {
      this.handler = handler;
    }

    void walk(YamlTree tree) {
      tree.items().forEach(this::walk);
      for (YamlTree.Entry entry : tree.entries()) {
        if (STEPS_WITH_ADDRESS.contains(entry.key()) || entry.key().equals("kamelet")) {
          step(entry);
        } else {
          walk(entry.value());
        }
      }
    }

    private void step(YamlTree.Entry entry) {
      YamlTree step = entry.value();
      String key = entry.key().equals("kamelet") ? "name" : "uri";
      String written = step.isText() ? step.text() : step.text(key);
      String prefix = entry.key().equals("kamelet") ? "kamelet:" : "";
      // EndpointRules has reported its faults.
      Endpoint endpoint =
          Endpoint.of(
              entry.location(),
              entry.key(),
              prefix + written,
              step.get("parameters"),
              new Faults());
      String id = step.text("id");
      trail.addLast(entry.location());
      if (!id.isEmpty()) {
        ids.addLast(id);
      }
      visit(endpoint, step, !id.isEmpty());
      if (!id.isEmpty()) {
        ids.removeLast();
      }
      trail.removeLast();
    }

    private void visit(Endpoint endpoint, YamlTree step, boolean named) {
      String name = endpoint.name().replaceFirst("[/?].*", "");
      switch (endpoint.scheme()) {
        case "kamelet" -> {
          if (CALLS.contains(name)) {
            String usual = name.equals(PROVIDER_CALL) ? "" : "call";
            Optional<String> operation = endpoint.value("operation");
            call(named, operation.orElse(usual), operation.isEmpty());
          } else {
            enter("kamelet:" + name, project.kamelets().get(name));
          }
          step.get("steps").ifPresent(this::walk);
        }
        case "stripe" -> call(named, endpoint.value("operation").orElse(endpoint.name()), false);
        case "direct" ->
            project.routes().stream()
                .filter(route -> route.from().filter(from -> isDirect(from, name)).isPresent())
                .forEach(route -> enter("direct:" + name, route.tree()));
        default -> step.get("steps").ifPresent(this::walk);
      }
    }

    private static boolean isDirect(Endpoint from, String name) {
      return from.scheme().equals("direct") && from.name().equals(name);
    }

    private void enter(String target, Kamelet kamelet) {
      if (kamelet != null) {
        enter(target, kamelet.route());
      }
    }

    private void enter(String target, YamlTree route) {
      if (!entered.contains(target)) {
        entered.addLast(target);
        route.at("from", "steps").ifPresent(this::walk);
        entered.removeLast();
      }
    }

    private void call(boolean named, String operation, boolean withoutOperation) {
      List<String> names = new ArrayList<>(ids);
      if (!named) {
        names.add(operation);
      }
      Call call = new Call(List.copyOf(trail), !named && withoutOperation);
      Call first = calls.putIfAbsent(String.join("/", names), call);
      if (first != null && !call.isPartOf(first)) {
        report(call, first, String.join("/", names));
      }
    }

    private void report(Call call, Call first, String key) {
      String of = " of handler '" + handler.title() + "'";
      if (call.location().equals(first.location())) {
        faults.error(
            call.location(),
            "the call" + of + " is reached by two ways under one idempotency key, '" + key + "'",
            "give the steps that lead to it, "
                + diverging(first, call)
                + " and "
                + diverging(call, first)
                + ", an 'id' each");
      } else if (call.unnamed() && first.unnamed()) {
        faults.error(
            call.location(),
            "two calls" + of + " have neither id nor operation, this one and " + first.location(),
            "give each step an 'id'; its idempotency key is made of it");
      } else {
        faults.error(
            call.location(),
            "two calls"
                + of
                + " share the idempotency key '"
                + key
                + "', this one and "
                + first.location(),
            "give each step an 'id' of its own");
      }
    }

    /** The step at which the trail of {@code call} diverges from that of {@code other}. */
    private static Location diverging(Call call, Call other) {
      for (int i = 0; i < Math.min(call.trail().size(), other.trail().size()); i++) {
        if (!call.trail().get(i).equals(other.trail().get(i))) {
          return call.trail().get(i);
        }
      }
      return call.location();
    }
  }
}
