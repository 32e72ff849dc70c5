package hub.lint;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks the names of Java classes in steps: they exist, and exceptions are exceptions. */
final class ClassRules {
  private static final Set<String> EXCEPTIONS = Set.of("exception", "exceptionType");

  /** Keys whose text is always a class. */
  private static final Set<String> CLASSES =
      Set.of(
          "exceptionType",
          "resultType",
          "beanType",
          "unmarshalType",
          "collectionType",
          "allowedUnmarshallType",
          "jsonView",
          "documentType",
          "classType");

  private static final List<String> PRIMITIVES =
      List.of("boolean", "byte", "char", "short", "int", "long", "float", "double");

  private final Classes classes;
  private final Faults faults;

  ClassRules(Classes classes, Faults faults) {
    this.classes = classes;
    this.faults = faults;
  }

  void check(List<Spot> spots) {
    for (Spot spot : spots) {
      boolean isException =
          EXCEPTIONS.contains(spot.key()) && !spot.under().equals("redeliveryPolicy");
      if (isException || CLASSES.contains(spot.key()) || isConvertedType(spot)) {
        for (YamlTree text : spot.texts()) {
          Location location = spot.entry().value().isList() ? text.location() : spot.location();
          check(location, text.text().strip(), isException);
        }
      }
    }
  }

  private static boolean isConvertedType(Spot spot) {
    return spot.key().equals("type") && spot.under().matches("convert(Body|Header|Variable)To");
  }

  private void check(Location location, String name, boolean isException) {
    if (!name.matches("[\\w.$]+(\\[])?")
        || PRIMITIVES.contains(name.replace("[]", ""))
        || RenamedClassRules.isRenamed(name)) {
      return;
    }
    Optional<Class<?>> found = classes.find(name);
    if (found.isEmpty()) {
      faults.error(location, "there is no class '" + name + "'", classes.remedy(name));
    } else if (isException && !Throwable.class.isAssignableFrom(found.get())) {
      faults.error(
          location, name + " is no exception", "write a class that extends java.lang.Exception");
    }
  }
}
