package hub.lint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.util.URISupport;

/**
 * An endpoint URI in a route: where messages come from or go to.
 *
 * @param location of the URI
 * @param step the name of the step, {@code from}, {@code to}, {@code wireTap}
 * @param address the URI without its query, {@code kamelet:email-sink}
 * @param parameters from the query and from {@code parameters}, in that order
 */
record Endpoint(Location location, String step, String address, Map<String, Parameter> parameters) {
  /** A parameter's value and location. */
  record Parameter(String value, Location location) {
    /** Whether the value is known only at run time. */
    boolean hasPlaceholder() {
      return value.contains("{{") || value.contains("${");
    }
  }

  /**
   * @param uri as written, query included
   * @param written the map {@code parameters}; empty when there is none
   */
  static Endpoint of(
      Location location, String step, String uri, Optional<YamlTree> written, Faults faults) {
    int query = uri.indexOf('?');
    String address = query < 0 || uri.startsWith("{{") ? uri : uri.substring(0, query);
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    if (address.length() < uri.length()) {
      try {
        URISupport.parseQuery(uri.substring(query + 1), false, true)
            .forEach(
                (name, value) ->
                    parameters.put(name, new Parameter(String.valueOf(value), location)));
      } catch (java.net.URISyntaxException e) {
        faults.error(
            location, "the query of " + address + " is unreadable", "move it under 'parameters'");
      }
    }
    for (YamlTree.Entry entry : written.map(YamlTree::entries).orElse(java.util.List.of())) {
      if (parameters.containsKey(entry.key())) {
        faults.error(
            entry.location(),
            "parameter '" + entry.key() + "' of " + address + " stands in the uri too",
            "delete one");
      }
      parameters.put(entry.key(), new Parameter(entry.value().text(), entry.location()));
    }
    return new Endpoint(location, step, address, parameters);
  }

  /** Whether the route consumes from it. */
  boolean isConsumer() {
    return step.equals("from") || step.startsWith("poll");
  }

  /** {@code kamelet} of {@code kamelet:email-sink}. */
  String scheme() {
    int colon = address.indexOf(':');
    return colon < 0 ? address : address.substring(0, colon);
  }

  /**
   * The part after the scheme, without leading slashes: {@code shop} of {@code inbox:shop}. If the
   * address is only a scheme, the parameter {@code name}.
   */
  String name() {
    int colon = address.indexOf(':');
    return colon < 0
        ? value("name").orElse("")
        : address.substring(colon + 1).replaceFirst("^/+", "");
  }

  /** Whether the address, or a part of it, is known only at run time. */
  boolean hasPlaceholder() {
    return address.contains("{{") || address.contains("${");
  }

  Optional<String> value(String parameter) {
    return Optional.ofNullable(parameters.get(parameter)).map(Parameter::value);
  }

  /** The location of a parameter, or of the URI when the parameter is not given. */
  Location locationOf(String parameter) {
    Parameter found = parameters.get(parameter);
    return found == null ? location : found.location();
  }
}
