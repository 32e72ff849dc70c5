package hub.lint;

import java.util.List;
import java.util.Optional;

/**
 * A route of a file.
 *
 * @param location of the key {@code route}
 * @param id empty: none
 * @param tree the value of {@code route}
 * @param endpoints every endpoint in it, its source first
 */
record Route(Location location, String id, YamlTree tree, List<Endpoint> endpoints) {
  /** The endpoint that it consumes from. */
  Optional<Endpoint> from() {
    return endpoints.stream().filter(endpoint -> endpoint.step().equals("from")).findFirst();
  }

  /** Its name for messages. */
  String title() {
    return id.isEmpty() ? "the route in " + location : id;
  }
}
