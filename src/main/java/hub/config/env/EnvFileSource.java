package hub.config.env;

import hub.config.EnvFile;
import hub.config.Environment;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Ordered;
import org.apache.camel.component.properties.EnvPropertiesFunction;
import org.apache.camel.spi.LoadablePropertiesSource;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Gives Camel the variables of {@link EnvFile}, where it looks for environment variables: as the
 * value of a property, before the files of properties, and in <code>{{env:NAME}}</code>. Camel
 * finds this class by its name in {@code META-INF/services}, however it is started.
 */
public final class EnvFileSource extends ServiceSupport
    implements LoadablePropertiesSource, CamelContextAware, Ordered {
  private static final String CAMEL = "CAMEL_";

  private final Map<String, String> variables;
  private CamelContext context;
  private volatile boolean hasFunction;

  /** For Camel. */
  public EnvFileSource() {
    this(Environment.ofFile());
  }

  /**
   * @param variables that the process does not have
   */
  EnvFileSource(Map<String, String> variables) {
    this.variables = variables;
  }

  /** Adds the file's variables to a context in which Camel has not done so. */
  public static void addTo(CamelContext context) {
    PropertiesComponent properties = context.getPropertiesComponent();
    if (properties.getPropertiesSource(EnvFile.NAME) == null) {
      properties.addPropertiesSource(new EnvFileSource());
    }
  }

  @Override
  public String getName() {
    return EnvFile.NAME;
  }

  /** Before application.properties. */
  @Override
  public int getOrder() {
    return Ordered.HIGHEST;
  }

  @Override
  public void setCamelContext(CamelContext context) {
    this.context = context;
  }

  /** Not earlier than at the first look: while Camel makes this, it has no such component yet. */
  private PropertiesComponent component() {
    PropertiesComponent component = context.getPropertiesComponent();
    if (!hasFunction) {
      hasFunction = true;
      component.addPropertiesFunction(new Function());
    }
    return component;
  }

  @Override
  public CamelContext getCamelContext() {
    return context;
  }

  @Override
  public String getProperty(String name) {
    if (variables.isEmpty()) {
      return null;
    }
    component();
    return Environment.property(variables, name).orElse(null);
  }

  @Override
  public Properties loadProperties() {
    return loadProperties(name -> true);
  }

  /**
   * Values for the keys that the other sources have, and those of Camel's own variables, whose keys
   * Camel reads with dots.
   */
  @Override
  public Properties loadProperties(Predicate<String> filter) {
    Properties found = new Properties();
    if (variables.isEmpty()) {
      return found;
    }
    variables.forEach(
        (name, value) -> {
          String key = name.toLowerCase(Locale.ROOT).replace('_', '.');
          if (name.startsWith(CAMEL) && filter.test(key)) {
            found.put(key, value);
          }
        });
    for (PropertiesSource source : component().getPropertiesSources()) {
      if (source != this && source instanceof LoadablePropertiesSource other) {
        for (String key : other.loadProperties(filter).stringPropertyNames()) {
          Environment.property(variables, key)
              .ifPresent(
                  value -> {
                    found.remove(key.toLowerCase(Locale.ROOT).replace('-', '.'));
                    found.put(key, value);
                  });
        }
      }
    }
    return found;
  }

  @Override
  public void reloadProperties(String location) {
    // Variables count from the start on.
  }

  /** <code>{{env:NAME}}</code> and <code>{{env:NAME:default}}</code>. */
  private final class Function extends EnvPropertiesFunction {
    @Override
    public String apply(String remainder) {
      String name =
          remainder.contains(":") ? remainder.substring(0, remainder.indexOf(':')) : remainder;
      return Environment.property(variables, name).orElseGet(() -> super.apply(remainder));
    }
  }
}
