package hub.lint;

import hub.lint.DslSchema.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;

/** Checks steps against Camel's schema: known keys, types of values. */
final class StepRules {
  /** Steps whose expression is optional, although the schema does not say so. */
  private static final Set<String> EXPRESSION_OPTIONAL =
      Set.of("sort", "serviceCall", "serviceCallConfiguration", "loadBalance", "resequence");

  /** Texts that Camel evaluates as Simple. */
  private static final Set<String> SIMPLE_TEXTS = Set.of("log.message", "throwException.message");

  private final Faults faults;
  private final CamelContext context;
  private final Set<String> expressionKeys;
  private final ExpressionRules expressions;

  StepRules(DslSchema schema, CamelContext context, Faults faults) {
    this.faults = faults;
    this.context = context;
    this.expressions = new ExpressionRules(context, faults);
    this.expressionKeys = new HashSet<>(schema.model("language.ExpressionDefinition").keys());
    this.expressionKeys.add("expression");
  }

  /**
   * Checks one element and all below it.
   *
   * @param name the element's key, for messages
   * @param location of that key
   * @return every endpoint in it
   */
  List<Endpoint> check(String name, Location location, YamlTree value, Shape shape) {
    List<Endpoint> endpoints = new ArrayList<>();
    walk(name, location, value, shape, endpoints::add);
    return endpoints;
  }

  private void walk(
      String name, Location location, YamlTree value, Shape shape, Consumer<Endpoint> endpoints) {
    if (value.isMap()) {
      if (shape.allows("object")) {
        map(name, location, value, shape, endpoints);
      } else {
        faults.error(
            location,
            "'" + name + "' takes " + allowedKinds(shape) + ", not a map",
            allowedKinds(shape).equals("a list") ? "start each element with a dash" : "");
      }
    } else if (value.isList()) {
      if (shape.allows("array")) {
        shape
            .item()
            .ifPresent(
                item ->
                    value
                        .items()
                        .forEach(each -> walk(name, each.location(), each, item, endpoints)));
      } else {
        faults.error(
            location,
            "'" + name + "' takes " + allowedKinds(shape) + ", not a list",
            "drop the dash");
      }
    } else if (value.isText()) {
      text(name, location, value, shape, endpoints);
    } else if (shape.allows("object") && !shape.allowsText() && shape.isClosed()) {
      faults.error(location, "nothing stands under '" + name + "'", "write '" + name + ": {}'");
    }
  }

  private void map(
      String name, Location location, YamlTree value, Shape shape, Consumer<Endpoint> endpoints) {
    if (shape.isStep() && value.entries().size() > 1) {
      List<String> keys = value.entries().stream().map(YamlTree.Entry::key).toList();
      faults.error(
          value.location(),
          "a step has one name, this one has '" + String.join("', '", keys) + "'",
          "indent what belongs to '"
              + keys.get(0)
              + "' by two more, start another step with a dash");
      return;
    }
    if (shape.isEndpoint() && value.get("uri").map(YamlTree::isText).orElse(false)) {
      Location uri = value.entry("uri").orElseThrow().location();
      endpoints.accept(Endpoint.of(uri, name, value.text("uri"), value.get("parameters"), faults));
    } else if (name.equals("kamelet") && value.get("name").isPresent()) {
      Location kamelet = value.entry("name").orElseThrow().location();
      endpoints.accept(
          Endpoint.of(
              kamelet, name, "kamelet:" + value.text("name"), value.get("parameters"), faults));
    }
    for (YamlTree.Entry entry : value.entries()) {
      Optional<Shape> property = shape.property(entry.key());
      if (property.isPresent()) {
        walk(entry.key(), entry.location(), entry.value(), property.get(), endpoints);
      } else if (shape.isClosed()) {
        faults.error(
            entry.location(),
            shape.isStep()
                ? "unknown step '" + entry.key() + "'"
                : "unknown key '" + entry.key() + "' of " + name,
            unknownRemedy(entry.key(), value, shape));
      }
      if (name.equals("beans") && entry.key().equals("type")) {
        checkClass(entry);
      }
      if (shape.isExpression()) {
        checkExpression(entry);
      }
      if (SIMPLE_TEXTS.contains(name + "." + entry.key()) && entry.value().isText()) {
        expressions.check(entry.location(), "simple", entry.value().text());
      }
      if (entry.key().equals("deadLetterUri") && entry.value().isText()) {
        endpoints.accept(
            Endpoint.of(
                entry.location(), entry.key(), entry.value().text(), Optional.empty(), faults));
      }
    }
    checkRequired(name, location, value, shape);
  }

  private void checkExpression(YamlTree.Entry language) {
    if (language.value().isText()) {
      expressions.check(language.location(), language.key(), language.value().text());
    }
    language
        .value()
        .entry("expression")
        .filter(expression -> expression.value().isText())
        .ifPresent(
            expression ->
                expressions.check(
                    expression.location(), language.key(), expression.value().text()));
  }

  private void checkClass(YamlTree.Entry type) {
    String name = type.value().text().replaceFirst("^#class:", "");
    if (name.matches("[\\w.$]+") && !RenamedClassRules.isRenamed(name) && resolve(name) == null) {
      faults.error(
          type.location(),
          "there is no class '" + name + "'",
          "check its spelling, or add its jar");
    }
  }

  private String unknownRemedy(String key, YamlTree value, Shape shape) {
    Optional<String> below =
        value.entries().stream()
            .filter(
                entry ->
                    shape
                        .property(entry.key())
                        .map(inner -> inner.isClosed() && inner.keys().contains(key))
                        .orElse(false))
            .map(YamlTree.Entry::key)
            .findFirst();
    return below.isPresent() && Suggest.nearest(key, shape.keys()).isEmpty()
        ? "it belongs under '" + below.get() + "'"
        : Suggest.remedy(key, shape.keys());
  }

  private void text(
      String name, Location location, YamlTree value, Shape shape, Consumer<Endpoint> endpoints) {
    String text = value.text();
    if (name.equals("log")) {
      expressions.check(location, "simple", text);
    }
    if (!shape.allowsText()) {
      faults.error(location, "'" + name + "' takes " + allowedKinds(shape) + ", not a text", "");
    } else if (text.contains("{{") || text.contains("${")) {
      addEndpoint(name, location, text, shape, endpoints);
    } else if (shape.isBooleanOnly() && !text.equals("true") && !text.equals("false")) {
      faults.error(location, "'" + name + "' is true or false, not '" + text + "'", "");
    } else if (shape.isNumberOnly() && !text.matches("-?\\d+(\\.\\d+)?")) {
      faults.error(location, "'" + name + "' is a number, not '" + text + "'", "");
    } else if (!shape.values().isEmpty()
        && shape.values().stream().noneMatch(text::equalsIgnoreCase)) {
      faults.error(
          location,
          "'" + text + "' is not a value of " + name,
          Suggest.remedy(text, shape.values()));
    } else {
      addEndpoint(name, location, text, shape, endpoints);
    }
  }

  private void addEndpoint(
      String name, Location location, String text, Shape shape, Consumer<Endpoint> endpoints) {
    if (shape.isEndpoint()) {
      endpoints.accept(Endpoint.of(location, name, text, Optional.empty(), faults));
    } else if (name.equals("kamelet") && shape.keys().contains("parameters")) {
      endpoints.accept(Endpoint.of(location, name, "kamelet:" + text, Optional.empty(), faults));
    }
  }

  private void checkRequired(String name, Location location, YamlTree value, Shape shape) {
    for (String key : shape.required()) {
      boolean expressionElsewhere = shape.isExpression() && expressionKeys.contains(key);
      if (value.entry(key).isEmpty() && !expressionElsewhere && !isMisspelt(key, value, shape)) {
        faults.error(location, "'" + name + "' lacks '" + key + "'", "add it");
      }
    }
    boolean expressed =
        value.entries().stream().anyMatch(entry -> expressionKeys.contains(entry.key()));
    Optional<YamlTree.Entry> misspelt =
        value.entries().stream()
            .filter(entry -> !shape.keys().contains(entry.key()) && !shape.isClosed())
            .filter(entry -> Suggest.nearest(entry.key(), expressionKeys).isPresent())
            .findFirst();
    if (shape.isExpression() && !expressed && misspelt.isPresent()) {
      faults.error(
          misspelt.get().location(),
          "there is no language '" + misspelt.get().key() + "'",
          Suggest.remedy(misspelt.get().key(), expressionKeys));
    } else if (shape.isExpression() && !expressed && !EXPRESSION_OPTIONAL.contains(name)) {
      faults.error(
          location, "'" + name + "' lacks an expression", "add 'expression' and a language in it");
    }
  }

  /** Whether the missing key is one that was reported as unknown: one mistake is one fault. */
  private static boolean isMisspelt(String key, YamlTree value, Shape shape) {
    return value.entries().stream()
        .map(YamlTree.Entry::key)
        .filter(written -> !shape.keys().contains(written))
        .anyMatch(
            written -> Suggest.nearest(written, shape.keys()).filter(key::equals).isPresent());
  }

  private static String allowedKinds(Shape shape) {
    if (shape.allows("object")) {
      return shape.allowsText() ? "a text or a map" : "a map";
    }
    return shape.allows("array") ? "a list" : "a text";
  }

  /**
   * Camel's class loader may be a launcher's that lacks the hub's own classes, so both are asked.
   */
  private Class<?> resolve(String name) {
    Class<?> known = context.getClassResolver().resolveClass(name);
    return known != null
        ? known
        : context.getClassResolver().resolveClass(name, StepRules.class.getClassLoader());
  }
}
