package hub.lint;

import hub.http.openapi.ApiDescription;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Checks endpoints of Kamelets: the Kamelet exists, its parameters are known and complete. */
final class KameletRules {
  /** Parameters that Camel accepts for every Kamelet. */
  private static final Set<String> OF_EVERY_KAMELET =
      Set.of(
          "block",
          "bridgeErrorHandler",
          "exceptionHandler",
          "exchangePattern",
          "failIfNoConsumers",
          "lazyStartProducer",
          "location",
          "noErrorHandler",
          "timeout");

  private final Project project;
  private final Faults faults;

  KameletRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  void check(Endpoint endpoint) {
    String name = endpoint.name().replaceFirst("/.*", "");
    if (endpoint.hasPlaceholder()
        || name.isEmpty()
        || name.equals("source")
        || name.equals("sink")) {
      return;
    }
    Optional<Kamelet> kamelet =
        Optional.ofNullable(project.kamelets().get(name)).or(() -> onClasspath(name));
    if (kamelet.isEmpty()) {
      faults.error(
          endpoint.location(),
          "there is no kamelet '" + name + "'",
          Suggest.nearest(name, project.kamelets().keySet())
              .map(near -> "did you mean '" + near + "'?")
              .orElse("add routes/kamelets/" + name + ".kamelet.yaml"));
      return;
    }
    checkNames(endpoint, kamelet.get());
    if (!name.equals(WebhookRules.KAMELET)) {
      checkRequired(endpoint, kamelet.get());
      if (name.equals("http-api-action")) {
        checkAddress(endpoint, "baseUrl");
        checkOneOf(endpoint, "provider", "breaker", true);
        checkOneOf(endpoint, "ratePerSecond", "rateLimit", false);
        if (endpoint.value("auth").filter("oauth"::equals).isPresent()) {
          checkOneOf(endpoint, "loginProvider", "secret", true);
        }
      } else if (name.equals("webhook-sink")) {
        checkAddress(endpoint, "url");
      } else if (name.equals("json-body-action")) {
        checkSchema(endpoint);
      } else if (name.equals("oauth-token-action")) {
        checkOneOf(endpoint, "loginProvider", "provider", true);
      }
      kamelet.get().parameters().values().forEach(declared -> checkValue(endpoint, declared));
    }
  }

  /** Read once: they are shipped in the jar. */
  private static final class ApiSchemas {
    static final Set<String> NAMES = read();

    private static Set<String> read() {
      Set<String> names = new TreeSet<>();
      new ApiDescription("http://localhost")
          .document()
          .at("/components/schemas")
          .fieldNames()
          .forEachRemaining(names::add);
      return names;
    }
  }

  /** The schema is one of the API's description. */
  private void checkSchema(Endpoint endpoint) {
    Endpoint.Parameter schema = endpoint.parameters().get("schema");
    if (schema == null || schema.hasPlaceholder()) {
      return;
    }
    Set<String> known = ApiSchemas.NAMES;
    if (!known.contains(schema.value())) {
      faults.error(
          schema.location(),
          "the API description has no schema '" + schema.value() + "'",
          Suggest.nearest(schema.value(), known)
              .map(near -> "did you mean '" + near + "'?")
              .orElse("known: " + String.join(", ", known)));
    }
  }

  /** One of another jar. */
  private static Optional<Kamelet> onClasspath(String name) {
    String file = "kamelets/" + name + ".kamelet.yaml";
    try (InputStream in = KameletRules.class.getClassLoader().getResourceAsStream(file)) {
      if (in == null) {
        return Optional.empty();
      }
      String content = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return YamlTree.parse(file, content, new Faults()).map(tree -> Kamelet.of(name, tree));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void checkNames(Endpoint endpoint, Kamelet kamelet) {
    for (String written : endpoint.parameters().keySet()) {
      if (!kamelet.parameters().containsKey(written) && !OF_EVERY_KAMELET.contains(written)) {
        faults.error(
            endpoint.locationOf(written),
            "unknown parameter '" + written + "' of kamelet " + kamelet.name(),
            Suggest.remedy(written, new TreeSet<>(kamelet.parameters().keySet())));
      }
    }
  }

  private void checkRequired(Endpoint endpoint, Kamelet kamelet) {
    for (Kamelet.Parameter declared : kamelet.parameters().values()) {
      if (declared.required()
          && declared.defaultValue().isEmpty()
          && !endpoint.parameters().containsKey(declared.name())) {
        faults.error(
            endpoint.location(),
            "kamelet " + kamelet.name() + " needs parameter '" + declared.name() + "'",
            "add it under 'parameters'");
      }
    }
  }

  /**
   * Checks a parameter that was renamed and whose earlier name still works: only one may be given.
   */
  private void checkAddress(Endpoint endpoint, String name) {
    String secret = name + "Secret";
    boolean isGiven = isWritten(endpoint, name);
    boolean isSecret = isWritten(endpoint, secret);
    if (isGiven && isSecret) {
      faults.error(
          endpoint.locationOf(secret),
          "'" + name + "' and '" + secret + "' are both given",
          "keep '" + secret + "' where the address itself is a secret, else '" + name + "'");
    } else if (!isGiven && !isSecret) {
      faults.error(
          endpoint.location(),
          "kamelet " + endpoint.name() + " needs parameter '" + name + "'",
          "add it under 'parameters', or '"
              + secret
              + "' with the name of a variable that holds it");
    }
  }

  private static boolean isWritten(Endpoint endpoint, String name) {
    Endpoint.Parameter parameter = endpoint.parameters().get(name);
    return parameter != null && !parameter.value().isBlank();
  }

  private void checkOneOf(Endpoint endpoint, String name, String earlier, boolean needed) {
    boolean isGiven = endpoint.parameters().containsKey(name);
    boolean isGivenByEarlier = endpoint.parameters().containsKey(earlier);
    if (isGiven && isGivenByEarlier) {
      faults.error(
          endpoint.locationOf(earlier),
          "'" + earlier + "' is an earlier name of '" + name + "', and both are given",
          "keep '" + name + "'");
    } else if (needed && !isGiven && !isGivenByEarlier) {
      faults.error(
          endpoint.location(),
          "kamelet " + endpoint.name() + " needs parameter '" + name + "'",
          "add it under 'parameters'");
    }
  }

  private void checkValue(Endpoint endpoint, Kamelet.Parameter declared) {
    Endpoint.Parameter written = endpoint.parameters().get(declared.name());
    if (written == null || written.hasPlaceholder() || written.value().startsWith("#")) {
      return;
    }
    String value = written.value();
    if (!declared.values().isEmpty() && !declared.values().contains(value)) {
      faults.error(
          written.location(),
          "'" + value + "' is not a value of " + declared.name(),
          Suggest.remedy(value, declared.values()));
      return;
    }
    String rule =
        switch (declared.type()) {
          case "boolean" -> value.matches("true|false") ? "" : "is true or false";
          case "integer" -> value.matches("-?\\d+") ? "" : "is a whole number";
          case "number" -> value.matches("-?\\d+(\\.\\d+)?") ? "" : "is a number";
          default -> "";
        };
    if (!rule.isEmpty()) {
      faults.error(
          written.location(),
          "parameter '" + declared.name() + "' " + rule + ", not '" + value + "'",
          "");
    }
  }
}
