package hub.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is declared of a value that somebody sets: a {@link Setting} of the hub, or a {@link
 * Variable} of an integration.
 */
public interface Declared {
  /**
   * The Camel property, such as {@code hub.inbox.retention-days}, or the name of a variable, such
   * as {@code SHOP_API_KEY}.
   */
  String key();

  ValueKind kind();

  /** Holds while nothing is set; empty: none. */
  String defaultValue();

  /** One sentence for {@code application.properties} and the reference. */
  String meaning();

  /** What a value must be, such as {@code a whole number from 1 to …}. */
  String expected();

  /**
   * Why {@code value} is invalid, such as {@code must be a whole number …, not 'x'}; empty when it
   * is valid. Secrets are not checked here.
   */
  Optional<String> complaint(String value);

  /** The environment variable that sets it, by Camel's rule. */
  default String variable() {
    return key().toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /**
   * The environment variables that set it; the first is the recommended one. The last is {@link
   * #variable}, which wins, because Camel reads it before the file.
   */
  default List<String> variables() {
    return List.of(variable());
  }
}
