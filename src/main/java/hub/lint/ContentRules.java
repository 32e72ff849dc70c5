package hub.lint;

import hub.config.Settings;
import hub.config.Variables;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;

/** Applies the rules that look at each entry of each file, wherever it stands. */
final class ContentRules {
  private final Project project;
  private final CamelContext context;
  private final Faults faults;

  ContentRules(Project project, CamelContext context, Faults faults) {
    this.project = project;
    this.context = context;
    this.faults = faults;
  }

  /**
   * @param given variables that no step sets
   * @param home the folder in which the hub runs
   */
  void checkAll(
      Classes classes,
      KnownBeans beans,
      Set<String> given,
      Settings values,
      Variables variables,
      SettingsFile settings,
      Path home) {
    ClassRules classRules = new ClassRules(classes, faults);
    BeanRules beanRules = new BeanRules(beans, classes, faults);
    DeclaredBeanRules declared = new DeclaredBeanRules(classes, faults);
    ExpressionRules expressions = new ExpressionRules(context, faults);
    FlowRules flow = new FlowRules(project, faults);
    FileRules files = new FileRules(home, context, faults);
    SecretRules secrets = new SecretRules(faults);
    StepShapeRules shapes = new StepShapeRules(faults);
    StyleRules style = new StyleRules(faults);
    SettingNames names =
        new SettingNames(settings, values, variables, beans.isOnlyEngine(), faults);
    SecretNameRules secretNames = new SecretNameRules(values, variables, faults);
    for (List<Spot> spots : project.spots()) {
      classRules.check(spots);
      beanRules.check(spots);
      spots.stream()
          .filter(spot -> spot.key().equals("beans") && spot.entry().value().isList())
          .forEach(spot -> declared.check(spot.entry().value(), spot.path().isEmpty()));
      expressions.checkPredicates(Expressions.in(spots, Set.of("simple")));
      flow.check(spots);
      shapes.check(spots);
      files.check(spots);
      secrets.check(spots);
      secretNames.check(spots);
      style.check(spots);
      names.addNames(spots);
    }
    project.endpoints().forEach(beanRules::check);
    project.endpoints().forEach(files::check);
    flow.checkAll();
    declared.check(settings);
    secrets.check(settings);
    names.check();
    new VariableRules(project, given, beans.isOnlyEngine(), faults).checkAll();
  }
}
