package hub;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Keeps the rooms apart: who may know whom. */
@AnalyzeClasses(packages = "hub", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule verification_depends_on_the_jdk_alone =
      classes()
          .that()
          .resideInAPackage("hub.webhook..")
          .should()
          .onlyDependOnClassesThat(resideInAnyPackage("java..", "javax.crypto..", "hub.webhook.."));

  @ArchTest
  static final ArchRule settings_depend_on_the_jdk_alone =
      classes()
          .that()
          .resideInAPackage("hub.settings..")
          .should()
          .onlyDependOnClassesThat(resideInAnyPackage("java..", "hub.settings.."));

  @ArchTest
  static final ArchRule the_store_knows_nothing_of_routes =
      noClasses()
          .that()
          .resideInAPackage("hub.store..")
          .should()
          .dependOnClassesThat(resideInAnyPackage("org.apache.camel..", "io.vertx.."));

  @ArchTest
  static final ArchRule the_inbox_knows_nothing_of_http =
      noClasses()
          .that()
          .resideInAPackage("hub.inbox..")
          .should()
          .dependOnClassesThat(resideInAnyPackage("io.vertx..", "hub.edge..", "hub.webhook.."));

  @ArchTest
  static final ArchRule packages_depend_one_way =
      slices().matching("hub.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule only_the_store_and_the_inbox_speak_to_drivers =
      noClasses()
          .that(
              resideInAPackage("hub..").and(not(resideInAnyPackage("hub.store..", "hub.inbox.."))))
          .should()
          .dependOnClassesThat(resideInAnyPackage("org.postgresql..", "org.h2..", "com.zaxxer.."));
}
