package hub.lint;

import hub.config.EnvFile;
import hub.config.Settings;
import hub.db.Dialect;
import hub.lint.RouteFiles.RouteFile;
import hub.webhook.scheme.SchemeFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Registry;

/** Checks settings and route files without starting anything. */
public final class Lint {
  private final Faults faults;
  private final DslSchema schema = DslSchema.load();
  private final CamelContext context;
  private final StepRules steps;
  private final RenamedClassRules renamedClasses;
  private final Project project;
  private final List<Registry> bound = new ArrayList<>();

  /** A file of routes as it was read. */
  private record Read(String content, YamlTree tree) {}

  private final Map<RouteFile, Read> loadable = new LinkedHashMap<>();
  private final Map<String, KameletCalls.Template> templates = new LinkedHashMap<>();

  private Lint(CamelContext context, Faults faults) {
    this.context = context;
    this.faults = faults;
    this.renamedClasses = new RenamedClassRules(faults);
    this.steps = new StepRules(schema, context, faults);
    this.project = new Project(context);
  }

  /**
   * Applies all rules.
   *
   * @param routesDir the folder {@code routes/}
   * @param applicationProperties the settings file, in the folder in which the hub runs; may be
   *     absent
   * @param settings the effective values, environment included
   * @param scratchOrNull a context that is not started; its routes and components count as defined.
   *     Null: a new one is made
   * @return every fault, by file and line; empty when there are none
   */
  public static List<Fault> check(
      Path routesDir, Path applicationProperties, Settings settings, CamelContext scratchOrNull) {
    return check(routesDir, applicationProperties, settings, scratchOrNull, System.getenv());
  }

  /**
   * The same, where code has bound beans already.
   *
   * @param bound the registry of the context that is about to start; not changed
   */
  public static List<Fault> checkWithBeans(
      Path routesDir, Path applicationProperties, Settings settings, Registry bound) {
    return inScratch(
        new Faults(),
        lint -> {
          lint.bound.add(bound);
          lint.run(routesDir, applicationProperties, settings, System.getenv());
        });
  }

  /** The same, and looks into the store for events whose handler is gone. */
  public static List<Fault> checkWithStore(
      Path routesDir, Path applicationProperties, Settings settings) {
    return report(
        routesDir, applicationProperties, settings, new LintOptions(Fault.Level.ERROR, true));
  }

  /** The same as {@link #check}, with the options of the command. */
  public static List<Fault> report(
      Path routesDir, Path applicationProperties, Settings settings, LintOptions options) {
    return inScratch(
        new Faults(options.missingSecret(), Fault.Level.ERROR),
        lint -> {
          SqlRules sql = lint.run(routesDir, applicationProperties, settings, System.getenv());
          if (options.database()) {
            new HandlerRules(lint.project, lint.faults).checkStore(settings);
          }
          if (!options.database() || !sql.checkStore(settings)) {
            sql.check();
          }
        });
  }

  static List<Fault> check(
      Path routesDir,
      Path applicationProperties,
      Settings settings,
      CamelContext scratchOrNull,
      Map<String, String> environment) {
    if (scratchOrNull != null) {
      Lint lint = new Lint(scratchOrNull, new Faults());
      lint.run(routesDir, applicationProperties, settings, environment).check();
      return lint.faults.sorted();
    }
    return inScratch(
        new Faults(),
        lint -> lint.run(routesDir, applicationProperties, settings, environment).check());
  }

  private static List<Fault> inScratch(Faults faults, Consumer<Lint> run) {
    DefaultCamelContext scratch = new DefaultCamelContext();
    scratch.setStartupSummaryLevel(StartupSummaryLevel.Off);
    try {
      scratch.build();
      Lint lint = new Lint(scratch, faults);
      run.accept(lint);
      return lint.faults.sorted();
    } finally {
      scratch.stop();
    }
  }

  /** All but the SQL, whose rules are returned: they ask one database or another. */
  private SqlRules run(
      Path routesDir, Path applicationProperties, Settings settings, Map<String, String> process) {
    FileNames names = new FileNames(applicationProperties.toAbsolutePath().getParent());
    EnvFile envFile = EnvFile.beside(applicationProperties);
    new EnvFileRules(applicationProperties.resolveSibling(EnvFile.NAME), EnvFile.NAME, faults)
        .check(envFile);
    Map<String, String> environment = envFile.under(process);
    SettingsFile file =
        SettingsFile.read(applicationProperties, names.of(applicationProperties), faults);
    PlaceholderRules placeholders = new PlaceholderRules(file, settings, environment, faults);
    placeholders.checkSettings();
    renamedClasses.check(file);
    new SettingRules(file, settings, environment, faults).checkAll();
    new CamelSettingRules(file, settings, environment, context, faults)
        .checkAll(names.home().toAbsolutePath());

    OpenedSourceRules.names(settings).forEach(project::addOpenedSource);
    List<RouteFile> files = new RouteFiles(routesDir, names).find(faults);
    RouteFiles.reportStrays(files, faults);
    LoginRules logins = new LoginRules(settings, faults);
    EncryptionKeyRules keys = new EncryptionKeyRules(settings, faults);
    files.forEach(found -> read(found, placeholders, logins, keys));
    new RouteRules(project, faults).checkAll();
    new HandlerRules(project, faults).checkAll();
    EndpointRules endpoints = new EndpointRules(project, context, faults);
    endpoints.checkAll();
    SchemeFiles schemes = SchemeFiles.of(routesDir);
    new WebhookRules(project, settings, schemes, faults).checkAll();
    new OpenedSourceRules(settings, schemes, faults).checkAll(file);
    new AlertRules(project, faults).checkAll();
    new CallRules(project, faults).checkAll();
    new HttpRouteRules(project, faults).checkAll();
    new TypeRules(project, faults).checkAll();
    Classes classes = new Classes(context);
    KnownBeans beans = knownBeans(classes, file, settings, environment);
    new ContentRules(project, context, faults)
        .checkAll(classes, beans, file, names.home().toAbsolutePath());
    DefaultCamelContext dry = DryContext.make(beans, settings);
    try {
      DryBuild build = new DryBuild(dry, new BuildFaults(faults, beans, classes, schema));
      loadable.forEach((route, read) -> build.check(route, read.content(), read.tree()));
      new KameletCalls(project, faults).check(templates, build, endpoints::check);
    } finally {
      dry.stop();
    }
    Map<RouteFile, String> buildable = new LinkedHashMap<>();
    templates.values().forEach(one -> buildable.put(one.file(), one.content()));
    loadable.forEach(
        (route, read) -> {
          if (read.tree().items().stream().noneMatch(item -> item.get("beans").isPresent())) {
            buildable.put(route, read.content());
          }
        });
    new TransactedRules(project, faults).check(buildable);
    return sqlRules(routesDir, settings, environment, names);
  }

  private SqlRules sqlRules(
      Path routesDir, Settings settings, Map<String, String> environment, FileNames names) {
    Dialect dialect = SqlRules.dialect(settings);
    List<SqlStatement> statements =
        new SqlStatements(project, settings, environment, dialect, names, context, faults).find();
    OwnMigrations.checkNames(routesDir, dialect, names, faults);
    return new SqlRules(statements, OwnMigrations.in(routesDir, names), dialect, faults);
  }

  private KnownBeans knownBeans(
      Classes classes, SettingsFile file, Settings settings, Map<String, String> environment) {
    KnownBeans beans = new KnownBeans(classes);
    beans.add(context.getRegistry());
    bound.forEach(beans::add);
    beans.add(file, settings, environment);
    for (Read read : loadable.values()) {
      for (YamlTree item : read.tree().items()) {
        item.get("beans").map(YamlTree::items).orElse(List.of()).stream()
            .filter(bean -> !bean.text("name").isEmpty())
            .forEach(
                bean ->
                    beans.add(
                        bean.text("name"),
                        bean.get("factoryMethod").isPresent() || bean.get("script").isPresent()
                            ? ""
                            : bean.text("type")));
      }
    }
    return beans;
  }

  private void read(
      RouteFile file, PlaceholderRules placeholders, LoginRules logins, EncryptionKeyRules keys) {
    if (file.kind() == RouteFiles.Kind.TEST) {
      readTests(file);
    } else if (file.kind() != RouteFiles.Kind.STRAY) {
      RouteFiles.read(file, faults)
          .filter(
              content -> file.kind() != RouteFiles.Kind.LOGIN_PROVIDERS || saysSomething(content))
          .ifPresent(
              content ->
                  YamlTree.parse(file.name(), content, faults)
                      .ifPresent(
                          tree -> {
                            read(file, content, tree, placeholders);
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

  /** A providers.yaml in which everything is commented out is allowed. */
  private static boolean saysSomething(String content) {
    return content.lines().anyMatch(line -> !line.isBlank() && !line.strip().startsWith("#"));
  }

  private void read(RouteFile file, String content, YamlTree tree, PlaceholderRules placeholders) {
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
