package hub.config.reload;

import hub.config.Setting;
import hub.config.Settings;
import hub.config.ValueKind;
import hub.config.Variable;
import hub.config.Variables;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.support.CamelContextHelper;

/**
 * Reads the secrets of {@code application.properties} again. All other settings in it count from
 * the next start.
 */
final class PropertiesReload {
  private PropertiesReload() {}

  /**
   * The secrets by name; empty for one that is gone or refers to a property that is not set.
   *
   * @throws IllegalArgumentException when the file cannot be read
   */
  static Map<String, Optional<String>> read(CamelContext context) {
    Variables variables =
        CamelContextHelper.mandatoryLookup(context, Settings.BEAN, Settings.class).variables();
    PropertiesComponent old = (PropertiesComponent) context.getPropertiesComponent();
    try (PropertiesComponent fresh = new PropertiesComponent()) {
      fresh.setCamelContext(context);
      fresh.setLocations(old.getLocations().toArray(String[]::new));
      fresh.setInitialProperties(old.getInitialProperties());
      fresh.setOverrideProperties(old.getOverrideProperties());
      fresh.setSystemPropertiesMode(old.getSystemPropertiesMode());
      fresh.setEnvironmentVariableMode(old.getEnvironmentVariableMode());
      fresh.addPropertiesFunction(old.getPropertiesFunction("env"));
      fresh.start();
      Set<String> names = new TreeSet<>();
      for (PropertiesComponent one : new PropertiesComponent[] {old, fresh}) {
        names.addAll(one.loadProperties(name -> maySecret(name, variables)).stringPropertyNames());
      }
      Map<String, Optional<String>> values = new HashMap<>();
      names.forEach(name -> values.put(name, value(fresh, name)));
      return values;
    } catch (Exception e) {
      // The message may contain a line of the file.
      throw new IllegalArgumentException(
          "application.properties cannot be read: " + e.getClass().getSimpleName());
    }
  }

  /**
   * The secrets of the hub and of integrations, and all names that nobody declares: routes may use
   * them.
   */
  private static boolean maySecret(String name, Variables variables) {
    return Setting.of(name)
        .map(Setting::kind)
        .or(() -> variables.find(name).map(Variable::kind))
        .map(ValueKind::isSecret)
        .orElse(!name.startsWith("camel.") && !name.startsWith("hub."));
  }

  private static Optional<String> value(PropertiesComponent fresh, String name) {
    try {
      return fresh.resolveProperty(name).filter(text -> !text.isBlank());
    } catch (RuntimeException e) {
      // It refers to a property that is not set. The message may contain the rest of the value.
      return Optional.empty();
    }
  }
}
