package hub.lint;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the parameters that the Kamelets have in common that ask an API for a list. */
final class ListParameters {
  private static final Pattern SOURCE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern VARIABLE = Pattern.compile("(?<!\\{)\\{([A-Za-z_][\\w.-]*)}(?!})");
  private static final List<String> TEMPLATES =
      List.of("path", "query", "headers", "authSubject", "installationId");
  private static final Set<String> BY_SECRET = Set.of("bearer", "basic", "header");

  private final Endpoint from;
  private final Project project;
  private final Faults faults;

  ListParameters(Endpoint from, Project project, Faults faults) {
    this.from = from;
    this.project = project;
    this.faults = faults;
  }

  /** A parameter's value; empty when it is blank, or known at run time only. */
  Optional<String> written(String parameter) {
    return Optional.ofNullable(from.parameters().get(parameter))
        .filter(one -> !one.hasPlaceholder() && !one.value().isBlank())
        .map(one -> one.value().strip());
  }

  boolean isGiven(String parameter) {
    return from.value(parameter).filter(text -> !text.isBlank()).isPresent();
  }

  /** A whole number that is written there; empty also for other texts, which are told elsewhere. */
  Optional<Long> number(String parameter) {
    return written(parameter).filter(value -> value.matches("-?\\d{1,18}")).map(Long::valueOf);
  }

  /**
   * @param usual how the Kamelet authenticates when {@code auth} is empty
   */
  void checkCall(String usual) {
    checkAuth(usual);
    for (String parameter : TEMPLATES) {
      written(parameter).ifPresent(text -> checkTemplate(parameter, text));
    }
    within("ratePerSecond", 0, Integer.MAX_VALUE);
    within("maxRetries", 0, Integer.MAX_VALUE);
    within("timeoutSeconds", 1, Integer.MAX_VALUE);
  }

  void checkSource() {
    written("source")
        .filter(source -> !SOURCE.matcher(source).matches())
        .ifPresent(
            source ->
                faults.error(
                    from.locationOf("source"),
                    "source '" + source + "' does not fit into a path",
                    "use up to 64 letters, digits, '.', '-' and '_'"));
  }

  void checkAddress(String kamelet) {
    boolean isGiven = isGiven("baseUrl");
    if (isGiven == isGiven("baseUrlSecret")) {
      faults.error(
          isGiven ? from.locationOf("baseUrlSecret") : from.location(),
          isGiven
              ? "baseUrl and baseUrlSecret are both given"
              : "kamelet " + kamelet + " needs parameter 'baseUrl'",
          isGiven ? "keep one of them" : "add it, or 'baseUrlSecret', under 'parameters'");
    }
    checkHttp();
  }

  void checkHttp() {
    written("baseUrl")
        .filter(text -> !isHttp(text))
        .ifPresent(
            text ->
                faults.error(
                    from.locationOf("baseUrl"),
                    "baseUrl: '" + text + "' is no http or https address",
                    "write one such as https://api.example.com"));
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
  private void checkAuth(String usual) {
    List<String> known =
        Optional.ofNullable(project.kamelets().get("http-api-action"))
            .map(kamelet -> kamelet.parameters().get("auth"))
            .map(Kamelet.Parameter::values)
            .orElse(List.of());
    Optional<String> auth = isGiven("auth") ? written("auth") : Optional.of(usual);
    if (auth.isEmpty()) {
      return;
    }
    if (!known.isEmpty() && !known.contains(auth.get())) {
      faults.error(
          from.locationOf("auth"),
          "'" + auth.get() + "' is not a value of auth",
          Suggest.remedy(auth.get(), known));
    } else if (BY_SECRET.contains(auth.get()) && !isGiven("secret")) {
      faults.error(
          from.locationOf("auth"),
          "auth: " + auth.get() + " needs 'secret'",
          "write the name of the property or variable that holds it");
    } else if (auth.get().equals("none") && isGiven("secret")) {
      faults.warning(
          from.locationOf("secret"),
          "secret is given, and auth says that none is sent",
          "write auth: bearer, basic or header, or delete 'secret'");
    }
  }

  private void checkTemplate(String parameter, String text) {
    Matcher variable = VARIABLE.matcher(text);
    if (variable.find()) {
      faults.error(
          from.locationOf(parameter),
          parameter + ": nothing sets the variable '" + variable.group(1) + "' here",
          "write a value, or {{NAME}} for a setting");
    }
  }

  /** Makes something of a parameter's text, or says why that cannot be. */
  interface Maker {
    Object make(String text);
  }

  void path(String parameter, Maker maker) {
    written(parameter)
        .ifPresent(
            text -> {
              try {
                maker.make(text);
              } catch (IllegalArgumentException e) {
                faults.error(from.locationOf(parameter), String.valueOf(e.getMessage()), "");
              }
            });
  }

  void needs(String parameter, String other, String meaning) {
    if (isGiven(parameter) && !isGiven(other)) {
      faults.error(
          from.locationOf(parameter),
          parameter + " is given without '" + other + "'",
          "add '" + other + "', " + meaning);
    }
  }

  /** {@code nextQuery} carries a token that a page holds; the header Link has an address. */
  void checkNext() {
    needs("nextQuery", "next", "the JSONPath of its value in a page");
    if (isGiven("nextQuery") && written("next").filter("link"::equalsIgnoreCase).isPresent()) {
      faults.error(
          from.locationOf("nextQuery"),
          "nextQuery is given, and next: link finds a whole address",
          "delete 'nextQuery', or let 'next' be the JSONPath of a token");
    }
  }

  /** A value that is not a whole number is reported by {@link KameletRules}. */
  void within(String parameter, long least, long most) {
    number(parameter)
        .filter(value -> value < least || value > most)
        .ifPresent(
            value ->
                faults.error(
                    from.locationOf(parameter),
                    parameter + ": " + value + " is not from " + least + " to " + most,
                    "write a number between them"));
  }
}
