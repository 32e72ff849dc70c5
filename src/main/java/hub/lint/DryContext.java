package hub.lint;

import hub.config.Settings;
import hub.config.Variables;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ComponentResolver;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Makes the context of a dry start. It is built but not started; its components are all of one
 * kind, whose endpoints neither connect nor listen, read or write; its beans are {@link StandIns}.
 */
final class DryContext {
  /** The components by which languages call beans; an endpoint of theirs does nothing by itself. */
  private static final Set<String> LANGUAGES = Set.of("bean", "class", "language");

  private DryContext() {}

  /** To be stopped by the caller. */
  static DefaultCamelContext make(KnownBeans beans, Settings settings, Variables variables) {
    DefaultCamelContext context = new DefaultCamelContext(new DefaultRegistry(new StandIns(beans)));
    context.setStartupSummaryLevel(StartupSummaryLevel.Off);
    context.setSourceLocationEnabled(true);
    context.setAutowiredEnabled(false);
    ComponentResolver own = PluginHelper.getComponentResolver(context);
    ComponentResolver resolver =
        (name, camel) -> LANGUAGES.contains(name) ? own.resolveComponent(name, camel) : new Still();
    context.getCamelContextExtension().addContextPlugin(ComponentResolver.class, resolver);
    context.build();
    context.getPropertiesComponent().addPropertiesSource(new Values(settings, variables));
    return context;
  }

  /** The effective settings. */
  private record Values(Settings settings, Variables variables) implements PropertiesSource {
    @Override
    public String getName() {
      return "settings";
    }

    @Override
    public String getProperty(String name) {
      try {
        return settings.named(name).or(() -> variables.defaultOf(name)).orElse(null);
      } catch (RuntimeException e) {
        // PlaceholderRules reports the placeholder.
        return null;
      }
    }
  }

  /** A component of any name. */
  private static final class Still extends ServiceSupport implements Component {
    private CamelContext context;

    @Override
    public Endpoint createEndpoint(String uri) {
      return new StillEndpoint(uri, this);
    }

    @Override
    public Endpoint createEndpoint(String uri, Map<String, Object> parameters) {
      return createEndpoint(uri);
    }

    @Override
    public boolean useRawUri() {
      return true;
    }

    @Override
    public CamelContext getCamelContext() {
      return context;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
      context = camelContext;
    }
  }

  private static final class StillEndpoint extends DefaultEndpoint {
    StillEndpoint(String uri, Component component) {
      super(uri, component);
    }

    @Override
    public Producer createProducer() {
      throw new UnsupportedOperationException("a dry start sends nothing");
    }

    @Override
    public Consumer createConsumer(Processor processor) {
      throw new UnsupportedOperationException("a dry start receives nothing");
    }

    @Override
    public boolean isLenientProperties() {
      return true;
    }
  }

  /** The first line of an exception's message. */
  static String firstLine(Throwable thrown) {
    return Optional.ofNullable(thrown.getMessage())
        .flatMap(text -> text.lines().filter(line -> !line.isBlank()).findFirst())
        .map(String::strip)
        .orElse(thrown.getClass().getSimpleName());
  }
}
