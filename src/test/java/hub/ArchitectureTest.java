package hub;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import hub.util.Sha256;
import java.util.List;

/** Keeps the rooms apart: who may know whom. */
@AnalyzeClasses(packages = "hub", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  /** From the ground up: a room may use those before it. {@code hub} itself puts them together. */
  private static final List<String> ROOMS =
      List.of(
          "util",
          "config",
          "db",
          "inbox",
          "http",
          "webhook",
          "call",
          "poll",
          "identity",
          "provider",
          "catchup",
          "monitoring",
          "console",
          "lint",
          "trial",
          "dev",
          "cli");

  @ArchTest static final ArchRule rooms_depend_downwards = downwards();

  @ArchTest
  static final ArchRule rooms_depend_one_way =
      slices().matching("hub.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule packages_depend_one_way =
      slices().matching("hub.(*).(*)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule verification_depends_on_the_jdk_and_sha256_alone =
      classes()
          .that()
          .resideInAPackage("hub.webhook.verify..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("java..", "javax.crypto..", "hub.webhook.verify..")
                  .or(type(Sha256.class)));

  @ArchTest
  static final ArchRule settings_depend_on_the_jdk_and_yaml_alone =
      classes()
          .that()
          .resideInAPackage("hub.config")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("java..", "org.snakeyaml.engine..", "hub.config"));

  @ArchTest
  static final ArchRule the_store_knows_nothing_of_routes =
      noClasses()
          .that()
          .resideInAnyPackage("hub.db..", "hub.inbox.db..")
          .should()
          .dependOnClassesThat(resideInAnyPackage("org.apache.camel..", "io.vertx.."));

  @ArchTest
  static final ArchRule the_inbox_knows_nothing_of_http =
      noClasses()
          .that()
          .resideInAPackage("hub.inbox..")
          .should()
          .dependOnClassesThat(resideInAnyPackage("io.vertx..", "io.netty.."));

  @ArchTest
  static final ArchRule only_the_store_and_the_inbox_speak_to_drivers =
      noClasses()
          .that(
              resideInAPackage("hub..")
                  .and(DescribedPredicate.not(resideInAnyPackage("hub.db..", "hub.inbox.."))))
          .should()
          .dependOnClassesThat(resideInAnyPackage("org.postgresql..", "org.h2..", "com.zaxxer.."));

  private static LayeredArchitecture downwards() {
    LayeredArchitecture rooms = layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String room : ROOMS) {
      rooms = rooms.layer(room).definedBy("hub." + room + "..");
    }
    for (int i = 0; i < ROOMS.size(); i++) {
      String[] above = ROOMS.subList(i + 1, ROOMS.size()).toArray(String[]::new);
      rooms =
          above.length == 0
              ? rooms.whereLayer(ROOMS.get(i)).mayNotBeAccessedByAnyLayer()
              : rooms.whereLayer(ROOMS.get(i)).mayOnlyBeAccessedByLayers(above);
    }
    return rooms;
  }
}
