package hub.lint;

import hub.poll.ItemFields;
import hub.poll.NextPage;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks polls: one for each source, an address, JSONPaths, ranges, and what needs what. */
final class PollSourceRules {
  private static final String KAMELET = "poll-source";
  private static final Pattern ADDRESS = Pattern.compile("kamelet:/*" + KAMELET + "(/.*)?");
  private static final Pattern SOURCE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern VARIABLE = Pattern.compile("(?<!\\{)\\{([A-Za-z_][\\w.-]*)}(?!})");
  private static final List<String> TEMPLATES = List.of("path", "query", "headers", "authSubject");

  private static final Set<String> BY_SECRET = Set.of("bearer", "basic", "header");

  private final Project project;
  private final Faults faults;

  PollSourceRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  private static boolean isPoll(Endpoint from) {
    return ADDRESS.matcher(from.address()).matches();
  }

  /** Lets the rules of inboxes know that polls feed theirs; before those. */
  void addSources() {
    for (Route route : project.routes()) {
      route
          .from()
          .filter(PollSourceRules::isPoll)
          .flatMap(from -> from.value("source"))
          .ifPresent(project::addOpenedSource);
    }
  }

  void checkAll() {
    Map<String, Location> sources = new HashMap<>();
    for (Route route : project.routes()) {
      route.from().filter(PollSourceRules::isPoll).ifPresent(from -> check(from, sources));
    }
  }

  private void check(Endpoint from, Map<String, Location> sources) {
    written(from, "source").ifPresent(source -> checkSource(from, source, sources));
    checkAddress(from);
    checkAuth(from);
    for (String parameter : TEMPLATES) {
      written(from, parameter).ifPresent(text -> checkTemplate(from, parameter, text));
    }
    path(from, "items", text -> new ItemFields(text, "$.id", "", "", ""));
    path(from, "eventId", text -> new ItemFields("$", text, "", "", ""));
    path(from, "eventType", text -> new ItemFields("$", "$.id", text, "", ""));
    path(from, "orderingKey", text -> new ItemFields("$", "$.id", "", text, ""));
    path(from, "cursor", text -> new ItemFields("$", "$.id", "", "", text));
    path(from, "next", text -> new NextPage(text, ""));
    needs(from, "cursorQuery", "cursor", "the JSONPath of its value in an item");
    needs(from, "nextQuery", "next", "the JSONPath of its value in a page");
    atLeast(from, "everySeconds", 1);
    atLeast(from, "maxPages", 1);
    atLeast(from, "ratePerSecond", 0);
    atLeast(from, "maxRetries", 0);
    atLeast(from, "timeoutSeconds", 1);
    if (from.value("order").filter("newest-first"::equals).isPresent()
        && from.value("cursor").filter(text -> !text.isBlank()).isEmpty()) {
      faults.warning(
          from.locationOf("order"),
          "newest-first without a cursor: each run reads the whole list",
          "add 'cursor', the JSONPath of what the list is sorted by");
    }
  }

  /** A parameter's value; empty when it is blank, or known at run time only. */
  private static Optional<String> written(Endpoint from, String parameter) {
    return Optional.ofNullable(from.parameters().get(parameter))
        .filter(one -> !one.hasPlaceholder() && !one.value().isBlank())
        .map(one -> one.value().strip());
  }

  private void checkSource(Endpoint from, String source, Map<String, Location> sources) {
    if (!SOURCE.matcher(source).matches()) {
      faults.error(
          from.locationOf("source"),
          "source '" + source + "' does not fit into a path",
          "use up to 64 letters, digits, '.', '-' and '_'");
    }
    Location first = sources.putIfAbsent(source, from.locationOf("source"));
    if (first != null) {
      faults.error(
          from.locationOf("source"),
          "source '" + source + "' is polled by " + first + ", and has one cursor",
          "give one of them another source");
    }
  }

  private void checkAddress(Endpoint from) {
    boolean isGiven = isGiven(from, "baseUrl");
    boolean isSecret = isGiven(from, "baseUrlSecret");
    if (isGiven == isSecret) {
      faults.error(
          isGiven ? from.locationOf("baseUrlSecret") : from.location(),
          isGiven
              ? "baseUrl and baseUrlSecret are both given"
              : "kamelet poll-source needs parameter 'baseUrl'",
          isGiven ? "keep one of them" : "add it, or 'baseUrlSecret', under 'parameters'");
    }
    written(from, "baseUrl")
        .filter(text -> !isHttp(text))
        .ifPresent(
            text ->
                faults.error(
                    from.locationOf("baseUrl"),
                    "baseUrl: '" + text + "' is no http or https address",
                    "write one such as https://api.example.com"));
  }

  private static boolean isGiven(Endpoint from, String parameter) {
    return from.value(parameter).filter(text -> !text.isBlank()).isPresent();
  }

  private static boolean isHttp(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getHost() != null && String.valueOf(uri.getScheme()).matches("https?");
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The kinds are those of {@code http-api-action}. */
  private void checkAuth(Endpoint from) {
    Optional<String> auth = written(from, "auth");
    List<String> known =
        Optional.ofNullable(project.kamelets().get("http-api-action"))
            .map(kamelet -> kamelet.parameters().get("auth"))
            .map(Kamelet.Parameter::values)
            .orElse(List.of());
    if (auth.isPresent() && !known.isEmpty() && !known.contains(auth.get())) {
      faults.error(
          from.locationOf("auth"),
          "'" + auth.get() + "' is not a value of auth",
          Suggest.remedy(auth.get(), known));
    } else if (auth.filter(BY_SECRET::contains).isPresent() && !isGiven(from, "secret")) {
      faults.error(
          from.locationOf("auth"),
          "auth: " + auth.get() + " needs 'secret'",
          "write the name of the property or variable that holds it");
    }
  }

  private void checkTemplate(Endpoint from, String parameter, String text) {
    Matcher variable = VARIABLE.matcher(text);
    if (variable.find()) {
      faults.error(
          from.locationOf(parameter),
          parameter + ": a poll has no variable '" + variable.group(1) + "'",
          "write a value, or {{NAME}} for a setting");
    }
  }

  private interface Maker {
    Object make(String text);
  }

  private void path(Endpoint from, String parameter, Maker maker) {
    written(from, parameter)
        .ifPresent(
            text -> {
              try {
                maker.make(text);
              } catch (IllegalArgumentException e) {
                faults.error(from.locationOf(parameter), String.valueOf(e.getMessage()), "");
              }
            });
  }

  private void needs(Endpoint from, String parameter, String other, String meaning) {
    if (isGiven(from, parameter) && !isGiven(from, other)) {
      faults.error(
          from.locationOf(parameter),
          parameter + " is given without '" + other + "'",
          "add '" + other + "', " + meaning);
    }
  }

  /** A value that is not a whole number is reported by {@link KameletRules}. */
  private void atLeast(Endpoint from, String parameter, int least) {
    written(from, parameter)
        .filter(value -> value.matches("-?\\d{1,18}"))
        .map(Long::valueOf)
        .filter(value -> value < least || value > Integer.MAX_VALUE)
        .ifPresent(
            value ->
                faults.error(
                    from.locationOf(parameter),
                    parameter + ": " + value + " is not from " + least + " to " + Integer.MAX_VALUE,
                    ""));
  }
}
