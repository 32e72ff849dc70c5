package hub.lint;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks how messages flow: steps that none reaches, routes and Kamelets that call themselves
 * without an end, and several routes that start from one {@code direct:}.
 */
final class FlowRules {
  private static final Set<String> ENDS = Set.of("stop", "throwException", "rollback");

  private final Project project;
  private final Faults faults;

  FlowRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  /** Checks the steps of a file. */
  void check(List<Spot> spots) {
    spots.stream().filter(spot -> spot.key().equals("steps")).forEach(this::checkReached);
  }

  private void checkReached(Spot steps) {
    List<YamlTree> items = steps.entry().value().items();
    for (int i = 0; i + 1 < items.size(); i++) {
      List<YamlTree.Entry> step = items.get(i).entries();
      if (step.size() == 1 && ends(step.get(0))) {
        items.stream()
            .skip(i + 1)
            .filter(next -> next.entries().stream().noneMatch(FlowRules::isDisabled))
            .findFirst()
            .ifPresent(next -> tellUnreached(next.location(), step.get(0).key()));
        return;
      }
    }
  }

  private void tellUnreached(Location location, String end) {
    faults.error(
        location,
        "the step is never reached, because '" + end + "' before it ends the route",
        "delete it, or move it before '" + end + "'");
  }

  private static boolean isDisabled(YamlTree.Entry step) {
    return step.value().text("disabled").equals("true");
  }

  private static boolean ends(YamlTree.Entry step) {
    if (ENDS.contains(step.key())) {
      return !isDisabled(step);
    }
    if (!step.key().equals("choice") || step.value().get("otherwise").isEmpty()) {
      return false;
    }
    List<YamlTree> when = step.value().get("when").map(YamlTree::items).orElse(List.of());
    return !when.isEmpty()
        && when.stream().allMatch(FlowRules::branchEnds)
        && branchEnds(step.value().get("otherwise").orElseThrow());
  }

  private static boolean branchEnds(YamlTree branch) {
    return branch.get("steps").map(YamlTree::items).orElse(List.of()).stream()
        .anyMatch(item -> item.entries().size() == 1 && ends(item.entries().get(0)));
  }

  /** Checks what needs all files. */
  void checkAll() {
    Map<String, YamlTree> targets = new HashMap<>();
    Map<String, Location> consumers = new HashMap<>();
    for (Route route : project.routes()) {
      route
          .from()
          .filter(from -> from.scheme().equals("direct") && !from.hasPlaceholder())
          .ifPresent(
              from -> {
                targets.put("direct:" + from.name(), route.tree());
                Location first = consumers.putIfAbsent(from.name(), from.location());
                if (first != null) {
                  faults.error(
                      from.location(),
                      "direct:"
                          + from.name()
                          + " is the start of the route in "
                          + first
                          + " already",
                      "give one of them another name");
                }
              });
    }
    project.kamelets().forEach((name, kamelet) -> targets.put("kamelet:" + name, kamelet.route()));
    Set<String> reported = new HashSet<>();
    new java.util.TreeMap<>(targets)
        .forEach((name, tree) -> follow(name, name, tree, new ArrayDeque<>(), targets, reported));
  }

  /** Follows the steps that every message takes. */
  private void follow(
      String start,
      String here,
      YamlTree tree,
      Deque<String> trail,
      Map<String, YamlTree> targets,
      Set<String> reported) {
    trail.addLast(here);
    for (YamlTree item : tree.at("from", "steps").map(YamlTree::items).orElse(List.of())) {
      if (item.entries().size() != 1) {
        continue;
      }
      YamlTree.Entry step = item.entries().get(0);
      Optional<String> target = target(step);
      if (target.filter(start::equals).isPresent()) {
        if (trail.stream().noneMatch(reported::contains)) {
          report(step, start, trail);
          reported.addAll(trail);
        }
      } else if (target.isPresent()
          && targets.containsKey(target.get())
          && !trail.contains(target.get())) {
        follow(start, target.get(), targets.get(target.get()), trail, targets, reported);
      }
      if (ends(step)) {
        break;
      }
    }
    trail.removeLast();
  }

  /** Reports at the step of the first route, where the circle is entered. */
  private void report(YamlTree.Entry step, String start, Deque<String> trail) {
    Location location =
        step.value().entry("uri").map(YamlTree.Entry::location).orElse(step.location());
    if (trail.size() > 1) {
      Optional<Location> first = firstStep(start, trail.stream().skip(1).findFirst().orElseThrow());
      location = first.orElse(location);
    }
    faults.error(
        location,
        start
            + " calls itself"
            + (trail.size() == 1
                ? ""
                : ", by way of " + String.join(", ", trail.stream().skip(1).toList()))
            + ", and no message leaves that circle",
        start.startsWith("kamelet:")
            ? "call another kamelet here"
            : "put the step into a filter or choice, or call another route");
  }

  private Optional<Location> firstStep(String start, String next) {
    return project.routes().stream()
        .filter(route -> route.from().map(from -> from.address().equals(start)).orElse(false))
        .flatMap(route -> route.endpoints().stream())
        .filter(endpoint -> endpoint.address().equals(next))
        .map(Endpoint::location)
        .findFirst();
  }

  private static Optional<String> target(YamlTree.Entry step) {
    String uri = step.value().isText() ? step.value().text() : step.value().text("uri");
    return switch (step.key()) {
      case "to" -> Optional.of(plain(uri));
      case "kamelet" ->
          Optional.of("kamelet:" + plain(step.value().isText() ? uri : step.value().text("name")));
      default -> Optional.empty();
    };
  }

  private static String plain(String uri) {
    return uri.replaceFirst("[?].*", "").replaceFirst(":/+", ":");
  }
}
