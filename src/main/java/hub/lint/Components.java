package hub.lint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;

/**
 * The component names that an endpoint URI may start with.
 *
 * @param context has the components that were added in code
 */
record Components(CamelContext context) {
  /** The file in which every jar with components lists them, the hub's own too. */
  private static final String LISTS = "META-INF/services/org/apache/camel/component.properties";

  Set<String> known() {
    Set<String> known = new TreeSet<>(context.getComponentNames());
    known.addAll(
        context.getRegistry().findByTypeWithName(org.apache.camel.Component.class).keySet());
    try {
      for (URL list : Collections.list(Components.class.getClassLoader().getResources(LISTS))) {
        Properties properties = new Properties();
        try (InputStream in = list.openStream()) {
          properties.load(in);
        }
        known.addAll(List.of(properties.getProperty("components", "").trim().split("\\s+")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return known;
  }
}
