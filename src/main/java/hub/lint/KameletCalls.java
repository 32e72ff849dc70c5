package hub.lint;

import hub.lint.RouteFiles.RouteFile;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks what becomes of Kamelets with the parameters that their callers give: the endpoints and
 * steps of the template, with those values in place.
 */
final class KameletCalls {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([\\w.-]+)(?::([^{}]*))?}}");

  private final Project project;
  private final Faults faults;

  /**
   * A Kamelet's file.
   *
   * @param content as it stands
   */
  record Template(RouteFile file, String content, YamlTree tree, Kamelet kamelet) {}

  KameletCalls(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  /**
   * Checks each call once.
   *
   * @param templates by name
   * @param endpoints checks one endpoint of a template
   */
  void check(Map<String, Template> templates, DryBuild build, Consumer<Endpoint> endpoints) {
    templates.values().stream()
        .filter(template -> template.file().shipped().isEmpty())
        .filter(template -> !faults.hasErrorIn(template.file().name()))
        .forEach(
            template ->
                build.checkTemplate(
                    template.file(),
                    template.content(),
                    template.tree(),
                    values(template.kamelet(), Map.of()),
                    null));
    Set<String> done = new HashSet<>();
    for (Endpoint call : project.endpoints()) {
      Template template =
          call.scheme().equals("kamelet")
              ? templates.get(call.name().replaceFirst("/.*", ""))
              : null;
      if (template == null
          || call.parameters().isEmpty()
          || faults.hasErrorIn(template.file().name())
          || call.parameters().keySet().stream()
              .anyMatch(name -> faults.hasErrorAt(call.locationOf(name)))) {
        continue;
      }
      Map<String, String> given = new LinkedHashMap<>();
      call.parameters()
          .forEach(
              (name, parameter) -> {
                if (!parameter.hasPlaceholder()) {
                  given.put(name, parameter.value());
                }
              });
      checkEndpoints(call, template, endpoints);
      if (!faults.hasErrorAt(call.location()) && done.add(call.address() + given)) {
        build.checkTemplate(
            template.file(),
            template.content(),
            template.tree(),
            values(template.kamelet(), given),
            call.location());
      }
    }
  }

  /** The parameters' values, else their defaults, and names for the beans of the template. */
  private static Properties values(Kamelet kamelet, Map<String, String> given) {
    Properties values = new Properties();
    kamelet
        .parameters()
        .values()
        .forEach(
            parameter -> {
              if (!parameter.required()) {
                values.setProperty(parameter.name(), parameter.defaultValue());
              }
            });
    for (String bean : kamelet.beans()) {
      values.setProperty(bean, StandIns.OF_TEMPLATE + bean);
    }
    given.forEach(values::setProperty);
    return values;
  }

  private void checkEndpoints(Endpoint call, Template template, Consumer<Endpoint> endpoints) {
    for (Spot spot : Spot.in(template.kamelet().route())) {
      if (spot.key().equals("uri") && spot.entry().value().isText()) {
        Endpoint written =
            Endpoint.of(
                spot.location(),
                spot.under(),
                spot.text(),
                spot.owner().get("parameters"),
                new Faults());
        Endpoint filled = fill(written, call);
        if (!filled.parameters().isEmpty()) {
          endpoints.accept(filled);
        }
      }
    }
  }

  /** The endpoint with those parameters alone that the caller decides, at the caller's lines. */
  private static Endpoint fill(Endpoint written, Endpoint call) {
    Map<String, Endpoint.Parameter> filled = new LinkedHashMap<>();
    written
        .parameters()
        .forEach(
            (name, parameter) -> {
              Matcher placeholder = PLACEHOLDER.matcher(parameter.value());
              StringBuilder text = new StringBuilder();
              Optional<Location> from = Optional.empty();
              while (placeholder.find()) {
                Endpoint.Parameter given = call.parameters().get(placeholder.group(1));
                if (given == null || given.hasPlaceholder()) {
                  return;
                }
                from = Optional.of(given.location());
                placeholder.appendReplacement(text, Matcher.quoteReplacement(given.value()));
              }
              placeholder.appendTail(text);
              from.ifPresent(
                  location -> filled.put(name, new Endpoint.Parameter(text.toString(), location)));
            });
    return new Endpoint(call.location(), written.step(), written.address(), filled);
  }
}
