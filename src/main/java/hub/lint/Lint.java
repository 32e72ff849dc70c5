package hub.lint;

import hub.config.EnvFile;
import hub.config.Settings;
import hub.config.Variables;
import hub.db.Dialect;
import hub.lint.RouteFiles.RouteFile;
import hub.webhook.scheme.SchemeFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final Project project;
  private final List<Registry> bound = new ArrayList<>();

  private Lint(CamelContext context, Faults faults) {
    this.context = context;
    this.faults = faults;
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
          lint.run(routesDir, applicationProperties, settings, System.getenv()).check();
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
    Variables variables = Variables.of(Optional.of(routesDir));
    SettingsFile file =
        SettingsFile.read(applicationProperties, names.of(applicationProperties), faults);
    PlaceholderRules placeholders =
        new PlaceholderRules(file, settings, variables, environment, faults);
    placeholders.checkSettings();
    RenamedClassRules renamedClasses = new RenamedClassRules(faults);
    renamedClasses.check(file);
    new SettingRules(file, settings, variables, environment, faults).checkAll();
    new CamelSettingRules(file, settings, environment, context, faults)
        .checkAll(names.home().toAbsolutePath());

    OpenedSourceRules.names(settings).forEach(project::addOpenedSource);
    RouteFiles folder = new RouteFiles(routesDir, names);
    List<RouteFile> files = folder.find(faults);
    RouteFiles.reportStrays(files, faults);
    ProjectReader reader =
        new ProjectReader(project, schema, context, settings, placeholders, renamedClasses, faults);
    folder.shippedBeside(files, faults).forEach(reader::read);
    files.forEach(reader::read);
    reader.finish();
    PollSourceRules polls = new PollSourceRules(project, faults);
    polls.addSources();
    new RouteNameRules(project, new SettingOrigins(file, environment), faults)
        .check(settings, variables);
    new ReservedSourceRules(project, faults).checkAll();
    new RouteRules(project, faults).checkAll();
    new HandlerRules(project, faults).checkAll();
    EndpointRules endpoints = new EndpointRules(project, context, faults);
    endpoints.checkAll();
    SchemeFiles schemes = SchemeFiles.of(routesDir);
    new WebhookRules(project, settings, schemes, faults).checkAll();
    new OpenedSourceRules(settings, schemes, faults).checkAll(file);
    new SignRules(project, settings, schemes, faults).checkAll();
    new CallParameterRules(project, faults).checkAll();
    new AlertRules(project, faults).checkAll();
    polls.checkAll();
    new CatchUpSourceRules(project, settings, faults).checkAll();
    new CallRules(project, faults).checkAll();
    new HttpRouteRules(project, faults).checkAll();
    new TypeRules(project, faults).checkAll();
    Classes classes = new Classes(context);
    KnownBeans beans = knownBeans(classes, reader, file, settings, environment);
    new ContentRules(project, context, faults)
        .checkAll(
            classes,
            beans,
            GivenVariables.of(project, schemes, settings, file),
            settings,
            variables,
            file,
            names.home().toAbsolutePath());
    DefaultCamelContext dry = DryContext.make(beans, settings, variables);
    try {
      DryBuild build = new DryBuild(dry, new BuildFaults(faults, beans, classes, schema));
      reader.loadable().forEach((route, read) -> build.check(route, read.content(), read.tree()));
      new KameletCalls(project, faults).check(reader.templates(), build, endpoints::check);
    } finally {
      dry.stop();
    }
    Map<RouteFile, String> buildable = new LinkedHashMap<>();
    reader.templates().values().forEach(one -> buildable.put(one.file(), one.content()));
    reader
        .loadable()
        .forEach(
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
      Classes classes,
      ProjectReader reader,
      SettingsFile file,
      Settings settings,
      Map<String, String> environment) {
    KnownBeans beans = new KnownBeans(classes);
    beans.add(context.getRegistry());
    bound.forEach(beans::add);
    beans.add(file, settings, environment);
    for (ProjectReader.Read read : reader.loadable().values()) {
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
}
