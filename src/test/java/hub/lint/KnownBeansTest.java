package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.Store;
import hub.testing.TestHub;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class KnownBeansTest {
  @Test
  void the_hubs_own_beans_are_those_that_a_start_binds() throws Exception {
    Map<String, String> missing = new TreeMap<>();
    Map<String, String> differing = new TreeMap<>();
    try (TestHub hub = TestHub.on(Store.H2).start();
        DefaultCamelContext context = new DefaultCamelContext()) {
      context.build();
      KnownBeans known = new KnownBeans(new Classes(context));
      hub.context()
          .getRegistry()
          .findByTypeWithName(Object.class)
          .forEach(
              (name, bean) -> {
                if (!bean.getClass().getName().matches("hub\\..*|com\\.zaxxer.*|jdk\\.proxy.*")) {
                  return;
                }
                if (!known.has(name)) {
                  missing.put(name, bean.getClass().getName());
                } else if (known.type(name).filter(type -> type.isInstance(bean)).isEmpty()) {
                  differing.put(name, bean.getClass().getName());
                }
              });
      for (String name : known.names()) {
        assertThat(hub.context().getRegistry().lookupByName(name)).as(name).isNotNull();
      }
    }

    assertThat(missing).as("add them to beans.properties").isEmpty();
    assertThat(differing).as("write these classes in beans.properties").isEmpty();
  }
}
