package hub.lint;

import hub.lint.RouteFiles.RouteFile;
import java.util.List;
import java.util.Properties;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.model.language.MethodCallExpression;
import org.apache.camel.reifier.ProcessorReifier;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * Has Camel read the routes of a file and build each of their steps, in a {@link DryContext}. Each
 * step is built for itself, so that all faults are found, each with its line.
 */
final class DryBuild {
  private final DefaultCamelContext context;
  private final BuildFaults faults;

  DryBuild(DefaultCamelContext context, BuildFaults faults) {
    this.context = context;
    this.faults = faults;
  }

  /** Builds the routes of a file; {@code beans} in it are left out, as Camel would create them. */
  void check(RouteFile file, String content, YamlTree tree) {
    build(new BuildFaults.Source(file.name(), tree, null), withoutBeans(content, tree));
  }

  /**
   * Builds the template of a Kamelet.
   *
   * @param values of its parameters, and the names of its beans
   * @param caller the line of the step that gives them; null: its own file
   */
  void checkTemplate(
      RouteFile file, String content, YamlTree tree, Properties values, Location caller) {
    String route = templateAsRoute(content, tree);
    if (!route.isEmpty()) {
      context.getPropertiesComponent().setLocalProperties(values);
      try {
        build(new BuildFaults.Source(file.name(), tree, caller), route);
      } finally {
        context.getPropertiesComponent().setLocalProperties(null);
      }
    }
  }

  private void build(BuildFaults.Source source, String content) {
    RouteBuilder builder;
    try (YamlRoutesBuilderLoader loader = new YamlRoutesBuilderLoader()) {
      loader.setCamelContext(context);
      loader.start();
      builder =
          (RouteBuilder)
              loader.loadRoutesBuilder(ResourceHelper.fromString(source.file(), content));
      builder.setCamelContext(context);
      builder.configure();
    } catch (Exception e) {
      faults.unreadable(source, e);
      return;
    }
    builder.getRouteCollection().getRoutes().forEach(route -> build(source, route));
  }

  private void build(BuildFaults.Source source, RouteDefinition definition) {
    try {
      Route route =
          PluginHelper.getRouteFactory(context)
              .createRoute(
                  context,
                  definition,
                  definition.getId() == null ? "route" : definition.getId(),
                  "",
                  "",
                  context.getEndpoint("dry:start"),
                  definition.getResource());
      route.setErrorHandlerFactory(new NoErrorHandlerDefinition());
      steps(source, route, definition.getOutputs());
    } catch (RuntimeException e) {
      faults.report(source, definition.getLineNumber(), "route", e);
    }
  }

  private boolean steps(
      BuildFaults.Source source, Route route, List<ProcessorDefinition<?>> steps) {
    boolean sound = true;
    for (ProcessorDefinition<?> step : steps) {
      sound &= step(source, route, step);
    }
    return sound;
  }

  /** Whether the step and all in it can be built. */
  private boolean step(BuildFaults.Source source, Route route, ProcessorDefinition<?> step) {
    if (!steps(source, route, step.getOutputs())) {
      return false;
    }
    if (callsBean(step)) {
      return true; // BeanRules knows more of its methods.
    }
    try {
      // Components such as kamelet bring their steps along; Camel's own are made by reifiers.
      if (PluginHelper.getProcessorFactory(context).createProcessor(route, step) == null) {
        ProcessorReifier.reifier(route, step).createProcessor();
      }
      return true;
    } catch (Exception | LinkageError e) {
      return faults.report(source, step.getLineNumber(), step.getShortName(), e);
    }
  }

  private static boolean callsBean(ProcessorDefinition<?> step) {
    return step instanceof BeanDefinition
        || step instanceof ExpressionNode node
            && node.getExpression() instanceof MethodCallExpression;
  }

  private static String withoutBeans(String content, YamlTree tree) {
    String[] lines = content.split("\n", -1);
    List<YamlTree> items = tree.items();
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).get("beans").isPresent()) {
        int end = i + 1 < items.size() ? items.get(i + 1).location().line() - 1 : lines.length;
        for (int line = items.get(i).location().line() - 1; line < end; line++) {
          lines[line] = "";
        }
      }
    }
    return String.join("\n", lines);
  }

  /** The template's {@code from} as a route, in the same lines; empty when it cannot be had so. */
  private static String templateAsRoute(String content, YamlTree tree) {
    YamlTree template = tree.at("spec", "template").orElse(tree);
    YamlTree body = template.get("route").orElse(template);
    YamlTree.Entry from = body.entry("from").orElse(null);
    if (from == null || from.location().line() < 2) {
      return "";
    }
    String[] lines = content.split("\n", -1);
    int first = from.location().line() - 1;
    int indent = indent(lines[first]);
    int end = first + 1;
    while (end < lines.length && (lines[end].isBlank() || indent(lines[end]) > indent)) {
      end++;
    }
    if (indent < 2 || !lines[first].strip().startsWith("from:")) {
      return "";
    }
    for (int i = 0; i < lines.length; i++) {
      lines[i] = i == first - 1 ? "- route:" : i < first || i >= end ? "" : lines[i];
    }
    return String.join("\n", lines);
  }

  private static int indent(String line) {
    return line.length() - line.stripLeading().length();
  }
}
