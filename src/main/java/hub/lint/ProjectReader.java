package hub.lint;

import hub.config.Settings;
import hub.lint.RouteFiles.RouteFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;

/**
 * Reads the files of {@code routes/} one by one, applies the rules that need no other file, and
 * adds what they hold to a {@link Project}.
 */
final class ProjectReader {
  /** A file in which everything is commented out is allowed. */
  private static final Set<RouteFiles.Kind> MAY_BE_EMPTY =
      Set.of(RouteFiles.Kind.LOGIN_PROVIDERS, RouteFiles.Kind.VARIABLES);

  private final Project project;
  private final DslSchema schema;
  private final PlaceholderRules placeholders;
  private final RenamedClassRules renamedClasses;
  private final StepRules steps;
  private final LoginRules logins;
  private final EncryptionKeyRules keys;
  private final VariableFileRules variables;
  private final Faults faults;
  private final Map<RouteFile, Read> loadable = new LinkedHashMap<>();
  private final Map<String, KameletCalls.Template> templates = new LinkedHashMap<>();

  /** A file of routes as it was read. */
  record Read(String content, YamlTree tree) {}

  ProjectReader(
      Project project,
      DslSchema schema,
      CamelContext context,
      Settings settings,
      PlaceholderRules placeholders,
      RenamedClassRules renamedClasses,
      Faults faults) {
    this.project = project;
    this.schema = schema;
    this.placeholders = placeholders;
    this.renamedClasses = renamedClasses;
    this.steps = new StepRules(schema, context, faults);
    this.logins = new LoginRules(settings, faults);
    this.keys = new EncryptionKeyRules(settings, faults);
    this.variables = new VariableFileRules(settings, faults);
    this.faults = faults;
  }

  /** The files of routes that Camel can load, as far as they were read. */
  Map<RouteFile, Read> loadable() {
    return loadable;
  }

  /** The Kamelets by name, as far as they were read. */
  Map<String, KameletCalls.Template> templates() {
    return templates;
  }

  /** Applies the rules for which all files have to be read. */
  void finish() {
    variables.checkShipped();
  }

  /** Reads one file. */
  void read(RouteFile file) {
    if (file.kind() == RouteFiles.Kind.TEST) {
      readTests(file);
    } else if (file.kind() != RouteFiles.Kind.STRAY) {
      RouteFiles.read(file, faults)
          .filter(content -> !MAY_BE_EMPTY.contains(file.kind()) || saysSomething(content))
          .ifPresent(
              content ->
                  YamlTree.parse(file.name(), content, faults)
                      .ifPresent(
                          tree -> {
                            read(file, content, tree);
                            renamedClasses.check(tree);
                            if (file.kind() == RouteFiles.Kind.ROUTES) {
                              placeholders.check(tree);
                            } else if (file.kind() == RouteFiles.Kind.LOGIN_PROVIDERS) {
                              logins.check(tree);
                              keys.check(tree);
                              tree.entries()
                                  .forEach(provider -> project.addLoginProvider(provider.key()));
                            }
                          }));
    }
  }

  /** A fault of a test is a warning: it must not stop a hub. */
  private void readTests(RouteFile file) {
    Faults ofTests = new Faults();
    RouteFiles.read(file, ofTests)
        .flatMap(content -> YamlTree.parse(file.name(), content, ofTests))
        .ifPresent(tree -> new TestFileReader(ofTests).read(file.path(), tree));
    ofTests
        .sorted()
        .forEach(fault -> faults.warning(Location.of(fault.where()), fault.what(), fault.remedy()));
  }

  private static boolean saysSomething(String content) {
    return content.lines().anyMatch(line -> !line.isBlank() && !line.strip().startsWith("#"));
  }

  private void read(RouteFile file, String content, YamlTree tree) {
    if (file.kind() == RouteFiles.Kind.KAMELET) {
      Kamelet kamelet = Kamelet.of(file.stem(), tree);
      templates.put(file.stem(), new KameletCalls.Template(file, content, tree, kamelet));
      project.add(kamelet);
      project.add(tree);
      project.add(
          new KameletFileRules(schema, steps, placeholders::isSet, faults).check(file, tree));
    } else if (file.kind() == RouteFiles.Kind.ROUTES) {
      readRoutes(file, content, tree);
    } else if (file.kind() == RouteFiles.Kind.SCHEME) {
      new SchemeFileRules(faults).check(file, content, tree);
    } else if (file.kind() == RouteFiles.Kind.VARIABLES) {
      variables.check(file, tree);
    }
  }

  private void readRoutes(RouteFile file, String content, YamlTree tree) {
    if (!tree.isList()) {
      faults.error(tree.location(), "a file of routes is a list", "start with '- route:'");
      return;
    }
    List<Route> routes = new ArrayList<>();
    for (YamlTree item : tree.items()) {
      if (!item.isMap()) {
        faults.error(item.location(), "an element is not a map", "start it with '- route:'");
        continue;
      }
      if (item.entries().size() > 1) {
        faults.error(
            item.location(),
            "an element has one name, this one has '"
                + String.join("', '", item.entries().stream().map(YamlTree.Entry::key).toList())
                + "'",
            "indent what belongs to '" + item.entries().get(0).key() + "' by two more");
        continue;
      }
      item.entries().forEach(entry -> readElement(entry, routes));
    }
    routes.forEach(project::add);
    new RouteRules(project, faults).checkFile(file, routes);
    project.add(tree);
    loadable.put(file, new Read(content, tree));
  }

  private void readElement(YamlTree.Entry entry, List<Route> routes) {
    if (!schema.topLevel().keys().contains(entry.key())) {
      faults.error(
          entry.location(),
          "unknown element '" + entry.key() + "'",
          Suggest.remedy(entry.key(), schema.topLevel().keys()));
      return;
    }
    if (entry.key().equals("from")) {
      faults.error(
          entry.location(),
          "a bare 'from' has neither id nor description",
          "write '- route:' with id, description and from");
    }
    List<Endpoint> endpoints =
        steps.check(
            entry.key(),
            entry.location(),
            entry.value(),
            schema.topLevel().property(entry.key()).orElseThrow());
    if (entry.key().equals("route")) {
      routes.add(new Route(entry.location(), entry.value().text("id"), entry.value(), endpoints));
      return;
    }
    project.add(endpoints);
    if (entry.key().equals("routeConfiguration")) {
      project.addRouteConfiguration(entry.value().text("id"));
    }
  }
}
