package hub.lint;

import hub.inbox.InboxVariables;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks that what routes read is set somewhere: variables, and names in {@code {…}} of a call's
 * path. Routes pass variables on to each other, so those of all files count for all.
 */
final class VariableRules {
  private static final Pattern READ =
      Pattern.compile(
          "\\$\\{variable[.:]([A-Za-z_][\\w-]*(?:\\.[A-Za-z_][\\w-]*)*)(\\?\\[[^\\]]*])?");
  private static final Pattern READ_AS =
      Pattern.compile("\\$\\{variableAs\\(([A-Za-z_][\\w-]*)\\s*,");
  private static final Pattern SET_BY_SIMPLE =
      Pattern.compile("\\$\\{setVariable\\(([A-Za-z_][\\w-]*)\\s*,");
  private static final Pattern IN_PATH =
      Pattern.compile("(?<![{$])\\{([A-Za-z_][A-Za-z0-9_.-]*)}(?!})");

  private static final Set<String> SET_BY_KEY =
      Set.of("variableReceive", "toVariable", "toName", "variableSend");

  /** Parameters of http-api-action that are templates. */
  private static final List<String> TEMPLATES = List.of("path", "query", "headers");

  /** What the hub's own code sets. */
  private static final Set<String> BY_HUB =
      Set.of(
          InboxVariables.EVENT_ID,
          InboxVariables.SOURCE,
          InboxVariables.TYPE,
          InboxVariables.ATTEMPT,
          InboxVariables.RECEIVED_AT,
          InboxVariables.ORDERING_KEY,
          InboxVariables.PROVIDER_EVENT_ID,
          InboxVariables.SEQUENCE,
          InboxVariables.HANDLER,
          InboxVariables.REQUEST_HEADERS,
          InboxVariables.RECEIPT,
          "arrivedBy",
          "alertName",
          "alertState",
          "alertSeverity",
          "alertSummary",
          "alertValue",
          "upload",
          "fileKey",
          "mail",
          "accessToken");

  private final Project project;
  private final boolean isCodeKnown;
  private final Faults faults;
  private final Set<String> variables = new TreeSet<>(BY_HUB);
  private final Set<String> headers = new TreeSet<>();
  private boolean open;

  /**
   * @param given what is there without a step that sets it
   * @param isCodeKnown whether no code of one's own may set variables
   */
  VariableRules(Project project, Set<String> given, boolean isCodeKnown, Faults faults) {
    this.project = project;
    this.isCodeKnown = isCodeKnown;
    this.faults = faults;
    variables.addAll(given);
    project.spots().forEach(this::collect);
  }

  private void collect(List<Spot> spots) {
    for (Spot spot : spots) {
      boolean named = spot.key().equals("name");
      if (named && spot.under().matches("setVariables?|variables")
          || SET_BY_KEY.contains(spot.key())) {
        add(variables, spot.text());
      } else if (named && spot.under().matches("setHeaders?|headers")) {
        add(headers, spot.text());
      }
      for (YamlTree text : spot.texts()) {
        Matcher set = SET_BY_SIMPLE.matcher(text.text());
        while (set.find()) {
          variables.add(set.group(1));
        }
      }
    }
  }

  private void add(Set<String> names, String name) {
    if (name.contains("{")) {
      open = true;
    } else {
      names.add(name.replaceFirst("^(route|global|exchange):", ""));
    }
  }

  void checkAll() {
    project.spots().forEach(this::check);
    if (!open) {
      project.routes().forEach(this::checkPaths);
    }
  }

  private void check(List<Spot> spots) {
    for (Spot spot : spots) {
      for (YamlTree text : spot.texts()) {
        Location location = spot.entry().value().isList() ? text.location() : spot.location();
        Matcher read = READ.matcher(text.text());
        while (read.find()) {
          checkRead(location, read.group(1));
          checkSafe(location, read.group(1), read.group(2));
        }
        Matcher readAs = READ_AS.matcher(text.text());
        while (readAs.find()) {
          checkRead(location, readAs.group(1));
        }
      }
    }
    Expressions.in(spots, Set.of("variable")).stream()
        .filter(expression -> expression.text().matches("[A-Za-z_][\\w-]*"))
        .forEach(expression -> checkRead(expression.location(), expression.text()));
  }

  private void checkSafe(Location location, String name, String nullSafe) {
    if (nullSafe != null) {
      faults.error(
          location,
          "${variable." + name + nullSafe + "} is always null",
          "write ${variable." + name + nullSafe.substring(1) + "}");
    }
  }

  private void checkRead(Location location, String written) {
    String first = written.replaceFirst("\\..*", "");
    if (open || variables.contains(written) || variables.contains(first)) {
      return;
    }
    Optional<String> near = Suggest.nearest(first, variables);
    String what = "nothing sets the variable '" + first + "'";
    String remedy =
        near.map(name -> "did you mean '" + name + "'?")
            .orElse("set it by a step setVariable before");
    if (near.isPresent() && isCodeKnown) {
      faults.error(location, what, remedy);
    } else {
      faults.warning(location, what, remedy);
    }
  }

  private void checkPaths(Route route) {
    Set<String> known = new TreeSet<>(variables);
    known.addAll(headers);
    for (Route other : project.routes()) {
      boolean passes = other == route || !isFromHttp(route);
      other
          .from()
          .filter(from -> passes && isFromHttp(other))
          .ifPresent(
              from -> {
                Matcher names = IN_PATH.matcher(from.address());
                while (names.find()) {
                  known.add(names.group(1));
                }
              });
    }
    for (Endpoint endpoint : route.endpoints()) {
      if (endpoint.address().equals("kamelet:http-api-action")) {
        for (String parameter : TEMPLATES) {
          Optional.ofNullable(endpoint.parameters().get(parameter))
              .ifPresent(written -> checkPath(route, parameter, written, known));
        }
      }
    }
  }

  private void checkPath(
      Route route, String parameter, Endpoint.Parameter written, Set<String> known) {
    Matcher names = IN_PATH.matcher(written.value());
    while (names.find()) {
      String name = names.group(1);
      Optional<String> near = Suggest.nearest(name, known);
      if (known.contains(name)) {
        continue;
      }
      String what = "nothing sets {" + name + "} of the " + parameter;
      if (near.isPresent() && isCodeKnown) {
        faults.error(written.location(), what, "did you mean '" + near.get() + "'?");
      } else if (!isFromHttp(route) && !isFromDirect(route)) {
        // A request has query parameters that no file names.
        faults.warning(written.location(), what, "set a variable or header '" + name + "' before");
      }
    }
  }

  private static boolean isFromHttp(Route route) {
    return route.from().filter(from -> from.scheme().equals("platform-http")).isPresent();
  }

  private static boolean isFromDirect(Route route) {
    return route.from().filter(from -> from.scheme().equals("direct")).isPresent();
  }
}
