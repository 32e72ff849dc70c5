package hub.lint;

import java.util.List;
import java.util.Optional;

/**
 * A route as its file describes it.
 *
 * @param place of the word {@code route}
 * @param id empty where there is none
 * @param tree what stands under {@code route}
 * @param endpoints every address in it, its source first
 */
record Route(Place place, String id, YamlTree tree, List<Endpoint> endpoints) {
  /** Where its messages come from. */
  Optional<Endpoint> from() {
    return endpoints.stream().filter(endpoint -> endpoint.step().equals("from")).findFirst();
  }

  /** Its name in a message. */
  String title() {
    return id.isEmpty() ? "the route in " + place : id;
  }
}
