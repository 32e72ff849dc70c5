package hub.webhook.verify;

import java.util.List;
import java.util.Optional;

/** The schemes that routes may name. */
public interface SchemeCatalog {

  /**
   * The scheme of this name; empty when there is none.
   *
   * @throws IllegalArgumentException when its file has faults, one a line
   */
  Optional<WebhookScheme> named(String name);

  /** All names, in the order of the reference. */
  List<String> names();
}
