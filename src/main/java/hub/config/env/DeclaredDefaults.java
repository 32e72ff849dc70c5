package hub.config.env;

import hub.config.Variables;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Ordered;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.spi.PropertiesSource;

/**
 * Gives Camel the defaults of the variables that integrations declare, for <code>{{NAME}}</code>
 * where nothing else sets a value. The hub's settings look without them: a file of {@code
 * hub.secrets-dir}, which Camel does not know, goes before a default.
 */
public final class DeclaredDefaults implements PropertiesSource, Ordered {
  /** The name that this thread looks up without its default. */
  private static final ThreadLocal<String> WITHOUT = new ThreadLocal<>();

  private final PropertiesComponent properties;
  private final Variables variables;

  private DeclaredDefaults(PropertiesComponent properties, Variables variables) {
    this.properties = properties;
    this.variables = variables;
  }

  /** Adds them, after all other sources. */
  public static void addTo(CamelContext context, Variables variables) {
    PropertiesComponent properties = (PropertiesComponent) context.getPropertiesComponent();
    properties.addPropertiesSource(new DeclaredDefaults(properties, variables));
  }

  /** What is set for {@code key}; never its declared default. */
  public static Optional<String> resolveWithout(CamelContext context, String key) {
    String outer = WITHOUT.get();
    WITHOUT.set(key);
    try {
      return context.getPropertiesComponent().resolveProperty(key);
    } finally {
      if (outer == null) {
        WITHOUT.remove();
      } else {
        WITHOUT.set(outer);
      }
    }
  }

  @Override
  public String getName() {
    return Variables.FILE;
  }

  @Override
  public int getOrder() {
    return Ordered.LOWEST;
  }

  @Override
  public String getProperty(String name) {
    if (name.equals(WITHOUT.get())
        // Camel asks for these after all sources.
        || (properties.getInitialProperties() != null
            && properties.getInitialProperties().containsKey(name))) {
      return null;
    }
    return variables.defaultOf(name).orElse(null);
  }
}
