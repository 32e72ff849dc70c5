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
 * No two calls of a handler share an idempotency key: the provider would take the second for a
 * repetition of the first. Goes the way that an event goes, into {@code direct:} routes and
 * Kamelets.
 */
final class CallRules {
  private static final String OF_ANY_STEPS = "provider-call-action";
  private static final Set<String> CALLS = Set.of("http-api-action", OF_ANY_STEPS);
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
        Way way = new Way(route);
        route.tree().get("from").flatMap(from -> from.get("steps")).ifPresent(way::walk);
      }
    }
  }

  /**
   * A call as it was reached.
   *
   * @param trail the places of the steps that lead there and its own
   * @param bare with neither id nor operation
   */
  private record Call(List<Place> trail, boolean bare) {
    Place place() {
      return trail.get(trail.size() - 1);
    }

    /** Whether one of them is made inside of the other. */
    boolean isPartOf(Call other) {
      int shared = Math.min(trail.size(), other.trail.size());
      return trail.subList(0, shared).equals(other.trail.subList(0, shared));
    }
  }

  /** The steps of one handler. */
  private final class Way {
    private final Route handler;
    private final Map<String, Call> calls = new LinkedHashMap<>();
    private final Deque<String> ids = new ArrayDeque<>();
    private final Deque<Place> trail = new ArrayDeque<>();
    private final Deque<String> inside = new ArrayDeque<>();

    Way(Route handler) {
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
      // Its faults were told before.
      Endpoint endpoint =
          Endpoint.of(
              entry.place(), entry.key(), prefix + written, step.get("parameters"), new Faults());
      String id = step.text("id");
      trail.addLast(entry.place());
      if (!id.isEmpty()) {
        ids.addLast(id);
      }
      follow(endpoint, step, !id.isEmpty());
      if (!id.isEmpty()) {
        ids.removeLast();
      }
      trail.removeLast();
    }

    private void follow(Endpoint endpoint, YamlTree step, boolean named) {
      String name = endpoint.name().replaceFirst("[/?].*", "");
      switch (endpoint.scheme()) {
        case "kamelet" -> {
          if (CALLS.contains(name)) {
            String usual = name.equals(OF_ANY_STEPS) ? "" : "call";
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

    private void enter(String what, Kamelet kamelet) {
      if (kamelet != null) {
        enter(what, kamelet.route());
      }
    }

    private void enter(String what, YamlTree route) {
      if (!inside.contains(what)) {
        inside.addLast(what);
        route.at("from", "steps").ifPresent(this::walk);
        inside.removeLast();
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
        tell(call, first, String.join("/", names));
      }
    }

    private void tell(Call call, Call first, String key) {
      String of = " of handler '" + handler.title() + "'";
      if (call.place().equals(first.place())) {
        faults.error(
            call.place(),
            "the call" + of + " is reached by two ways under one idempotency key, '" + key + "'",
            "give the steps that lead to it, "
                + step(first, call)
                + " and "
                + step(call, first)
                + ", an 'id' each");
      } else if (call.bare() && first.bare()) {
        faults.error(
            call.place(),
            "two calls" + of + " have neither id nor operation, this one and " + first.place(),
            "give each step an 'id'; its idempotency key is made of it");
      } else {
        faults.error(
            call.place(),
            "two calls"
                + of
                + " share the idempotency key '"
                + key
                + "', this one and "
                + first.place(),
            "give each step an 'id' of its own");
      }
    }

    /** Where the way of {@code call} leaves that of {@code other}. */
    private static Place step(Call call, Call other) {
      for (int i = 0; i < Math.min(call.trail().size(), other.trail().size()); i++) {
        if (!call.trail().get(i).equals(other.trail().get(i))) {
          return call.trail().get(i);
        }
      }
      return call.place();
    }
  }
}
