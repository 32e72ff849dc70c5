package hub.lint;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Checks routes from {@code platform-http:}: known methods, and each path and method once. */
final class HttpRouteRules {
  private static final Set<String> METHODS =
      new TreeSet<>(
          Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"));

  private final Project project;
  private final Faults faults;

  HttpRouteRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  void checkAll() {
    Map<String, Location> taken = new HashMap<>();
    for (Route route : project.routes()) {
      route
          .from()
          .filter(from -> from.scheme().equals("platform-http") && !from.hasPlaceholder())
          .ifPresent(from -> check(from, taken));
    }
    project.endpoints().stream()
        .filter(endpoint -> endpoint.address().equals("kamelet:http-api-action"))
        .forEach(this::checkCall);
  }

  private void check(Endpoint from, Map<String, Location> taken) {
    // Routes of one path may differ in the content type that they take.
    String path =
        "/"
            + from.name().replaceFirst("/+$", "").replaceAll("\\{[^}]*}", "{}")
            + " "
            + from.value("consumes").orElse("");
    for (String method : methods(from)) {
      Location first = taken.get(method + " " + path);
      if (first == null && !method.isEmpty()) {
        first = taken.get(" " + path);
      }
      if (first != null) {
        faults.error(
            from.location(),
            (method.isEmpty() ? "every method" : method)
                + " /"
                + from.name()
                + " is answered by the route in "
                + first
                + " already",
            "give one of them another path or httpMethodRestrict");
        return;
      }
      taken.put(method + " " + path, from.location());
    }
  }

  /** One empty name stands for all methods. */
  private List<String> methods(Endpoint from) {
    Endpoint.Parameter written = from.parameters().get("httpMethodRestrict");
    if (written == null || written.hasPlaceholder() || written.value().isBlank()) {
      return List.of(written != null && written.hasPlaceholder() ? written.value() : "");
    }
    List<String> methods =
        Arrays.stream(written.value().split(",")).map(String::strip).distinct().toList();
    methods.forEach(method -> checkMethod(method, written.location()));
    return methods.stream().map(method -> method.toUpperCase(Locale.ROOT)).toList();
  }

  private void checkCall(Endpoint call) {
    Endpoint.Parameter method = call.parameters().get("method");
    if (method != null && !method.hasPlaceholder()) {
      checkMethod(method.value().strip(), method.location());
    }
    Endpoint.Parameter base = call.parameters().get("baseUrl");
    if (base != null
        && !base.hasPlaceholder()
        && !base.value().contains("{")
        && !base.value().isBlank()
        && !base.value().matches("(?i)https?://.+")) {
      faults.error(
          base.location(),
          "baseUrl is no address of http or https: '" + base.value() + "'",
          "write https:// and the host");
    }
    Endpoint.Parameter secret = call.parameters().get("baseUrlSecret");
    if (secret != null && secret.value().contains(":")) {
      faults.error(
          secret.location(),
          "baseUrlSecret is the name of a variable, not the address itself",
          "put the address into a variable and write its name");
    }
  }

  private void checkMethod(String method, Location location) {
    if (!METHODS.contains(method.toUpperCase(Locale.ROOT))) {
      faults.error(
          location, "'" + method + "' is no method of HTTP", Suggest.remedy(method, METHODS));
    }
  }
}
