package hub.lint;

import hub.config.ValueKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.tooling.model.ComponentModel;
import org.apache.camel.tooling.model.ComponentModel.EndpointHeaderModel;
import org.apache.camel.tooling.model.ComponentModel.EndpointOptionModel;
import org.apache.camel.tooling.model.JsonMapper;

/**
 * The parameters of one of the hub's components, by the JSON schema that the build makes of its
 * endpoint class. Camel's catalogue and editors read the same schema.
 */
final class DeclaredParameters {
  private final String scheme;
  private final ComponentModel model;
  private final Map<String, EndpointOptionModel> options = new TreeMap<>();

  DeclaredParameters(Class<?> endpoint) {
    scheme = endpoint.getAnnotation(UriEndpoint.class).scheme();
    model = JsonMapper.generateComponentModel(schema(endpoint));
    model.getEndpointParameterOptions().forEach(option -> options.put(option.getName(), option));
  }

  /** Reads it from where the class is: the catalogue of Camel's launcher does not look there. */
  private String schema(Class<?> endpoint) {
    String file =
        "/META-INF/" + endpoint.getPackageName().replace('.', '/') + "/" + scheme + ".json";
    try (InputStream in = endpoint.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing; build with Maven, which makes it");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Includes the parameters that every endpoint of Camel has.
   *
   * @param side {@code consumer} or {@code producer}
   */
  Set<String> names(String side) {
    String other = side.equals("consumer") ? "producer" : "consumer";
    return options.values().stream()
        .filter(option -> !List.of(option.getLabel().split(",")).contains(other))
        .map(EndpointOptionModel::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * The parameters that the component itself declares: Camel labels those that every endpoint has
   * {@code advanced}.
   *
   * @param side {@code consumer} or {@code producer}
   */
  List<EndpointOptionModel> own(String side) {
    return names(side).stream()
        .map(options::get)
        .filter(option -> !option.getLabel().contains("advanced"))
        .toList();
  }

  /** The message headers that the component reads. */
  List<EndpointHeaderModel> headers() {
    return model.getEndpointHeaders();
  }

  /** Reports a value that the parameter does not take. */
  void check(String name, Endpoint.Parameter parameter, Faults faults) {
    EndpointOptionModel option = options.get(name);
    if (option == null) {
      return;
    }
    String value = parameter.value();
    if (option.getEnums() != null && !option.getEnums().contains(value)) {
      faults.error(
          parameter.location(),
          "'" + value + "' is not a value of " + name,
          Suggest.remedy(value, option.getEnums()));
    } else if (option.getType().equals("integer")) {
      check(name, parameter, ValueKind.COUNT, faults);
    } else if (option.getType().equals("boolean") && !value.matches("true|false")) {
      faults.error(
          parameter.location(),
          "parameter '" + name + "' of " + scheme + " is true or false, not '" + value + "'",
          "");
    }
  }

  /** Reports a value that is not of the kind. */
  void check(String name, Endpoint.Parameter parameter, ValueKind kind, Faults faults) {
    kind.complaint(parameter.value())
        .ifPresent(
            complaint ->
                faults.error(
                    parameter.location(),
                    "parameter '" + name + "' of " + scheme + " " + complaint,
                    ""));
  }
}
