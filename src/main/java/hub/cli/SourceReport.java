package hub.cli;

import hub.config.Settings;
import hub.lint.Fault;
import hub.lint.Preflight;
import hub.lint.WebhookSource;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.WebhookScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tells of each webhook source which variables it needs, and whether they are set. */
final class SourceReport {
  private static final String SOURCES = "hub.sources";

  /** What a line means for the start. */
  enum Verdict {
    OK,
    WARN,
    FAIL
  }

  /** A line about one variable, or one source. Never shows a value. */
  record Line(Verdict verdict, String text) {}

  private final Settings settings;
  private final SchemeFiles files;
  private final Schemes schemes;
  private final List<WebhookSource> routes;

  SourceReport(Path routesDir, Settings settings) {
    this.settings = settings;
    this.files = SchemeFiles.of(routesDir);
    this.schemes = new Schemes(files);
    this.routes = WebhookSource.in(routesDir);
  }

  /** All lines: first the sources of routes, then those that {@code hub.sources} opens. */
  List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    routes.forEach(source -> lines.addAll(ofRoute(source)));
    opened().forEach(name -> lines.addAll(ofName(name)));
    return List.copyOf(lines);
  }

  /** Whether a fault is a missing variable of a route's source, which {@link #lines} tells. */
  boolean tells(Fault fault) {
    return routes.stream()
        .anyMatch(
            source ->
                fault.where().startsWith(source.location().replaceFirst(":\\d+$", ":"))
                    && variables(source).stream()
                        .anyMatch(name -> fault.what().equals(name + " is not set")));
  }

  private List<Line> ofRoute(WebhookSource source) {
    String title = "source " + source.name() + ": ";
    String scheme = source.options().scheme();
    if (scheme.equals("none")) {
      return List.of(new Line(Verdict.WARN, title + "believes everybody (scheme none)"));
    }
    try {
      return lines(
          title,
          scheme,
          variables(source),
          source.optional()
              ? new Line(Verdict.WARN, "missing; answers 503 until it is set")
              : new Line(Verdict.FAIL, "missing; the hub does not start without it"));
    } catch (IllegalArgumentException e) {
      return List.of(new Line(Verdict.FAIL, title + e.getMessage()));
    }
  }

  private List<Line> ofName(String name) {
    String title = "source " + name + " (" + SOURCES + "): ";
    try {
      Optional<WebhookScheme> scheme = schemes.named(name);
      return scheme.isEmpty()
          ? List.of(
              new Line(
                  Verdict.FAIL, title + "there is no such scheme; see the reference of schemes"))
          : lines(
              title,
              name,
              variables(name, scheme.get().variable()),
              new Line(Verdict.WARN, "missing; answers 503 until it is set"));
    } catch (IllegalArgumentException e) {
      return List.of(new Line(Verdict.FAIL, title + e.getMessage()));
    }
  }

  /**
   * @param missing what a variable that is not set means
   */
  private List<Line> lines(String title, String scheme, Set<String> variables, Line missing) {
    if (variables.isEmpty()) {
      return List.of(new Line(Verdict.OK, title + "needs no variable"));
    }
    return variables.stream()
        .map(
            name -> {
              int values = values(scheme, name);
              String text = title + name + " ";
              if (values > 0) {
                return new Line(
                    Verdict.OK,
                    text + "configured" + (values > 1 ? ", " + values + " values" : ""));
              }
              return Preflight.makes(name)
                  ? new Line(Verdict.OK, text + "will be made at the first start")
                  : new Line(missing.verdict(), text + missing.text());
            })
        .toList();
  }

  private int values(String scheme, String variable) {
    if (schemes.furtherVariables(scheme).contains(variable)) {
      return settings.named(variable).isPresent() ? 1 : 0;
    }
    return settings.named(variable).map(list -> schemes.split(scheme, list).size()).orElse(0);
  }

  private Set<String> variables(WebhookSource source) {
    return variables(source.options().scheme(), source.variable(schemes));
  }

  /** That of the secrets or keys first. */
  private Set<String> variables(String scheme, String first) {
    Set<String> variables = new LinkedHashSet<>();
    if (!first.isEmpty()) {
      variables.add(first);
    }
    variables.addAll(schemes.furtherVariables(scheme));
    return variables;
  }

  /** Names of {@code hub.sources}, without those that a route receives. */
  private List<String> opened() {
    Set<String> taken = new LinkedHashSet<>(routes.stream().map(WebhookSource::name).toList());
    return Arrays.stream(settings.named(SOURCES).orElse("").split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty() && !taken.contains(name))
        .distinct()
        .toList();
  }
}
