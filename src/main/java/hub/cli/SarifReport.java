package hub.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.lint.Fault;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Faults as SARIF 2.1.0.
 *
 * @see <a href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html">SARIF 2.1.0</a>
 */
final class SarifReport {
  private static final String SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

  private SarifReport() {}

  static ObjectNode of(List<Fault> faults) {
    ObjectNode log = JsonNodeFactory.instance.objectNode();
    log.put("$schema", SCHEMA).put("version", "2.1.0");
    ObjectNode run = log.putArray("runs").addObject();
    ObjectNode driver = run.putObject("tool").putObject("driver");
    driver.put("name", "Integration Master lint");
    addRules(driver.putArray("rules"));
    run.put("columnKind", "unicodeCodePoints");
    ArrayNode results = run.putArray("results");
    faults.forEach(fault -> addResult(results.addObject(), fault));
    return log;
  }

  private static void addRules(ArrayNode rules) {
    for (Fault.Kind kind : Fault.Kind.values()) {
      ObjectNode rule = rules.addObject();
      rule.put("id", id(kind));
      rule.putObject("shortDescription").put("text", description(kind));
    }
  }

  /** Stable: code scanning knows a fault again by it. */
  private static String id(Fault.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static String description(Fault.Kind kind) {
    return switch (kind) {
      case KAMELET -> "A fault of a Kamelet in routes/kamelets.";
      case LOGIN -> "A fault of a login provider in routes/login/providers.yaml.";
      case ROUTE -> "A fault of a route.";
      case SCHEME -> "A fault of a webhook scheme in routes/schemes.";
      case SETTING -> "A fault of a setting: application.properties, .env or a variable.";
      case SQL -> "A fault of an SQL file.";
      case TEST -> "A fault of a route's test.";
    };
  }

  private static void addResult(ObjectNode result, Fault fault) {
    result.put("ruleId", id(fault.kind()));
    result.put("ruleIndex", Arrays.asList(Fault.Kind.values()).indexOf(fault.kind()));
    result.put("level", FaultFormat.severity(fault));
    result.putObject("message").put("text", FaultFormat.message(fault));
    ObjectNode location = result.putArray("locations").addObject();
    if (!fault.isInFile()) {
      location.putArray("logicalLocations").addObject().put("fullyQualifiedName", fault.file());
      return;
    }
    ObjectNode physical = location.putObject("physicalLocation");
    physical.putObject("artifactLocation").put("uri", uri(fault.file()));
    physical
        .putObject("region")
        .put("startLine", Math.max(1, fault.line()))
        .put("startColumn", fault.column());
  }

  private static String uri(String file) {
    try {
      return new URI(null, null, file, null).toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
