package hub.lint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.util.URISupport;

/**
 * An address in a route: where messages come from or go to.
 *
 * @param place of the address
 * @param step the name of the step, {@code from}, {@code to}, {@code wireTap}
 * @param address without its query, {@code kamelet:email-sink}
 * @param parameters from the query and from {@code parameters}, in that order
 */
record Endpoint(Place place, String step, String address, Map<String, Parameter> parameters) {
  /** A value, with its own place. */
  record Parameter(String value, Place place) {
    /** Its value is only known at the start. */
    boolean open() {
      return value.contains("{{") || value.contains("${");
    }
  }

  /**
   * @param uri as written, query included
   * @param written the map under {@code parameters}; empty where there is none
   */
  static Endpoint of(
      Place place, String step, String uri, Optional<YamlTree> written, Faults faults) {
    int query = uri.indexOf('?');
    String address = query < 0 || uri.startsWith("{{") ? uri : uri.substring(0, query);
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    if (address.length() < uri.length()) {
      try {
        URISupport.parseQuery(uri.substring(query + 1), false, true)
            .forEach(
                (name, value) -> parameters.put(name, new Parameter(String.valueOf(value), place)));
      } catch (java.net.URISyntaxException e) {
        faults.error(
            place, "the query of " + address + " is unreadable", "move it under 'parameters'");
      }
    }
    for (YamlTree.Entry entry : written.map(YamlTree::entries).orElse(java.util.List.of())) {
      if (parameters.containsKey(entry.key())) {
        faults.error(
            entry.place(),
            "parameter '" + entry.key() + "' of " + address + " stands in the uri too",
            "delete one");
      }
      parameters.put(entry.key(), new Parameter(entry.value().text(), entry.place()));
    }
    return new Endpoint(place, step, address, parameters);
  }

  /** Whether messages come from it. */
  boolean consumed() {
    return step.equals("from") || step.startsWith("poll");
  }

  /** {@code kamelet} of {@code kamelet:email-sink}. */
  String scheme() {
    int colon = address.indexOf(':');
    return colon < 0 ? address : address.substring(0, colon);
  }

  /**
   * What follows the scheme, without slashes in front: {@code shop} of {@code inbox:shop}; where
   * the address is a scheme alone, the parameter {@code name}.
   */
  String name() {
    int colon = address.indexOf(':');
    return colon < 0
        ? value("name").orElse("")
        : address.substring(colon + 1).replaceFirst("^/+", "");
  }

  /** The address, or a part of it, is only known at the start. */
  boolean open() {
    return address.contains("{{") || address.contains("${");
  }

  Optional<String> value(String parameter) {
    return Optional.ofNullable(parameters.get(parameter)).map(Parameter::value);
  }

  /** The place of a parameter; the address's own where there is none. */
  Place placeOf(String parameter) {
    Parameter found = parameters.get(parameter);
    return found == null ? place : found.place();
  }
}
