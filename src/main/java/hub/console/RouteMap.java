package hub.console;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.model.KameletDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.SetVariableDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.spi.Resource;

/** What route definitions tell about a route: its file, its inboxes, its providers. */
final class RouteMap {
  private static final Pattern PROVIDER = Pattern.compile("[?&](?:provider|breaker)=([^&]+)");

  private final ModelCamelContext context;

  RouteMap(ModelCamelContext context) {
    this.context = context;
  }

  /**
   * {@code handler} handles events of an inbox, {@code source} receives webhooks, {@code api}
   * answers requests, {@code step} is called by other routes, {@code engine} is part of the hub.
   */
  String kind(String route) {
    String from = from(route);
    if (file(route).isEmpty() && !from.startsWith("inbox:")) {
      return "engine";
    }
    return from.startsWith("inbox:")
        ? "handler"
        : from.startsWith("kamelet:webhook-source")
            ? "source"
            : from.startsWith("platform-http:") || from.startsWith("rest:") ? "api" : "step";
  }

  /** The URI of its {@code from}, as written. */
  String from(String route) {
    RouteDefinition definition = context.getRouteDefinition(route);
    return definition == null || definition.getInput() == null
        ? ""
        : definition.getInput().getEndpointUri();
  }

  /** Its file, relative to the working folder; empty for a route of the engine. */
  Optional<String> file(String route) {
    RouteDefinition definition = context.getRouteDefinition(route);
    Resource resource = definition == null ? null : definition.getResource();
    String location = resource == null ? "" : String.valueOf(resource.getLocation());
    if (!location.startsWith("file:")) {
      return Optional.empty();
    }
    try {
      Path path = Path.of(location.substring("file:".length())).toAbsolutePath().normalize();
      Path here = Path.of("").toAbsolutePath();
      return Optional.of((path.startsWith(here) ? here.relativize(path) : path).toString());
    } catch (RuntimeException e) {
      return Optional.of(URI.create(location).getSchemeSpecificPart());
    }
  }

  /** The inboxes that it stores events in, directly or through {@code direct:} routes. */
  Set<String> stores(String route) {
    Set<String> inboxes = new TreeSet<>();
    reach(route, new HashSet<>())
        .forEach(
            step ->
                uri(step)
                    .filter(uri -> uri.startsWith("inbox:"))
                    .map(uri -> uri.substring("inbox:".length()).replaceFirst("\\?.*", ""))
                    .ifPresent(inboxes::add));
    return inboxes;
  }

  /** The providers that it calls, directly or through {@code direct:} routes. */
  Set<String> providers(String route) {
    Set<String> providers = new TreeSet<>();
    reach(route, new HashSet<>())
        .forEach(
            step -> {
              Matcher named = PROVIDER.matcher(uri(step).orElse(""));
              if (named.find()) {
                providers.add(named.group(1));
              }
            });
    return providers;
  }

  /** Its steps and those of the {@code direct:} routes that it calls. */
  private Stream<ProcessorDefinition<?>> reach(String route, Set<String> visited) {
    RouteDefinition definition = context.getRouteDefinition(route);
    if (definition == null || !visited.add(route)) {
      return Stream.empty();
    }
    List<ProcessorDefinition<?>> steps = all(definition).toList();
    return Stream.concat(
        steps.stream(),
        steps.stream()
            .flatMap(step -> next(step).stream())
            .flatMap(direct -> routesFrom(direct))
            .flatMap(next -> reach(next, visited)));
  }

  private static Stream<ProcessorDefinition<?>> all(ProcessorDefinition<?> parent) {
    return parent.getOutputs().stream().flatMap(step -> Stream.concat(Stream.of(step), all(step)));
  }

  /**
   * The name of the {@code direct:} route that a step calls, or that it stores in a variable to be
   * called.
   */
  private static Optional<String> next(ProcessorDefinition<?> step) {
    if (step instanceof SetVariableDefinition set && set.getExpression() != null) {
      return Optional.ofNullable(set.getExpression().getExpression());
    }
    return uri(step)
        .filter(uri -> uri.startsWith("direct:"))
        .map(uri -> uri.substring("direct:".length()).replaceFirst("\\?.*", ""));
  }

  private Stream<String> routesFrom(String direct) {
    return context.getRouteDefinitions().stream()
        .filter(
            definition ->
                definition.getInput() != null
                    && ("direct:" + direct)
                        .equals(definition.getInput().getEndpointUri().replaceFirst("\\?.*", "")))
        .map(RouteDefinition::getRouteId);
  }

  private static Optional<String> uri(ProcessorDefinition<?> step) {
    if (step instanceof KameletDefinition kamelet) {
      return Optional.of("kamelet:" + kamelet.getName().replaceFirst("/[^?]*", ""));
    }
    if (step instanceof ToDynamicDefinition dynamic) {
      return Optional.ofNullable(dynamic.getUri());
    }
    return step instanceof SendDefinition<?> send
        ? Optional.ofNullable(send.getEndpointUri())
        : Optional.empty();
  }
}
