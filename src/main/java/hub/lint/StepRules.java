package hub.lint;

import hub.lint.DslSchema.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;

/** Holds a piece of a route against Camel's schema: every key known, every value of its kind. */
final class StepRules {
  /** Steps that work without the expression that the schema offers them. */
  private static final Set<String> EXPRESSION_OPTIONAL =
      Set.of("sort", "serviceCall", "serviceCallConfiguration", "loadBalance", "resequence");

  /** Texts that are Simple without saying so. */
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
   * @param name the key that it stands under, for the messages
   * @param place of that key
   * @return every address in it
   */
  List<Endpoint> check(String name, Place place, YamlTree value, Shape shape) {
    List<Endpoint> endpoints = new ArrayList<>();
    walk(name, place, value, shape, endpoints::add);
    return endpoints;
  }

  private void walk(
      String name, Place place, YamlTree value, Shape shape, Consumer<Endpoint> found) {
    if (value.isMap()) {
      if (shape.allows("object")) {
        map(name, place, value, shape, found);
      } else {
        faults.error(place, "'" + name + "' takes " + wanted(shape) + ", not a map", "");
      }
    } else if (value.isList()) {
      if (shape.allows("array")) {
        shape
            .item()
            .ifPresent(
                item -> value.items().forEach(each -> walk(name, each.place(), each, item, found)));
      } else {
        faults.error(
            place, "'" + name + "' takes " + wanted(shape) + ", not a list", "drop the dash");
      }
    } else if (value.isText()) {
      text(name, place, value, shape, found);
    } else if (shape.allows("object") && !shape.allowsText() && shape.closed()) {
      faults.error(place, "nothing stands under '" + name + "'", "write '" + name + ": {}'");
    }
  }

  private void map(
      String name, Place place, YamlTree value, Shape shape, Consumer<Endpoint> found) {
    if (shape.step() && value.entries().size() > 1) {
      List<String> keys = value.entries().stream().map(YamlTree.Entry::key).toList();
      faults.error(
          value.place(),
          "a step has one name, this one has '" + String.join("', '", keys) + "'",
          "indent what belongs to '"
              + keys.get(0)
              + "' by two more, start another step with a dash");
      return;
    }
    if (shape.endpoint() && value.get("uri").map(YamlTree::isText).orElse(false)) {
      Place uri = value.entry("uri").orElseThrow().place();
      found.accept(Endpoint.of(uri, name, value.text("uri"), value.get("parameters"), faults));
    } else if (name.equals("kamelet") && value.get("name").isPresent()) {
      Place kamelet = value.entry("name").orElseThrow().place();
      found.accept(
          Endpoint.of(
              kamelet, name, "kamelet:" + value.text("name"), value.get("parameters"), faults));
    }
    for (YamlTree.Entry entry : value.entries()) {
      Optional<Shape> property = shape.property(entry.key());
      if (property.isPresent()) {
        walk(entry.key(), entry.place(), entry.value(), property.get(), found);
      } else if (shape.closed()) {
        faults.error(
            entry.place(),
            shape.step()
                ? "unknown step '" + entry.key() + "'"
                : "unknown key '" + entry.key() + "' of " + name,
            unknownRemedy(entry.key(), value, shape));
      }
      if (name.equals("beans") && entry.key().equals("type")) {
        checkClass(entry);
      }
      if (shape.expression()) {
        checkExpression(entry);
      }
      if (SIMPLE_TEXTS.contains(name + "." + entry.key()) && entry.value().isText()) {
        expressions.check(entry.place(), "simple", entry.value().text());
      }
      if (entry.key().equals("deadLetterUri") && entry.value().isText()) {
        found.accept(
            Endpoint.of(
                entry.place(), entry.key(), entry.value().text(), Optional.empty(), faults));
      }
    }
    lacking(name, place, value, shape);
  }

  private void checkExpression(YamlTree.Entry language) {
    if (language.value().isText()) {
      expressions.check(language.place(), language.key(), language.value().text());
    }
    language
        .value()
        .entry("expression")
        .filter(expression -> expression.value().isText())
        .ifPresent(
            expression ->
                expressions.check(expression.place(), language.key(), expression.value().text()));
  }

  private void checkClass(YamlTree.Entry type) {
    String name = type.value().text().replaceFirst("^#class:", "");
    if (name.matches("[\\w.$]+") && resolve(name) == null) {
      faults.error(
          type.place(), "there is no class '" + name + "'", "check its spelling, or add its jar");
    }
  }

  private String unknownRemedy(String key, YamlTree value, Shape shape) {
    Optional<String> below =
        value.entries().stream()
            .filter(
                entry ->
                    shape
                        .property(entry.key())
                        .map(inner -> inner.closed() && inner.keys().contains(key))
                        .orElse(false))
            .map(YamlTree.Entry::key)
            .findFirst();
    return below.isPresent() && Suggest.nearest(key, shape.keys()).isEmpty()
        ? "it belongs under '" + below.get() + "'"
        : Suggest.remedy(key, shape.keys());
  }

  private void text(
      String name, Place place, YamlTree value, Shape shape, Consumer<Endpoint> found) {
    String text = value.text();
    if (name.equals("log")) {
      expressions.check(place, "simple", text);
    }
    if (!shape.allowsText()) {
      faults.error(place, "'" + name + "' takes " + wanted(shape) + ", not a text", "");
    } else if (text.contains("{{") || text.contains("${")) {
      note(name, place, text, shape, found);
    } else if (shape.onlyTruth() && !text.equals("true") && !text.equals("false")) {
      faults.error(place, "'" + name + "' is true or false, not '" + text + "'", "");
    } else if (shape.onlyNumber() && !text.matches("-?\\d+(\\.\\d+)?")) {
      faults.error(place, "'" + name + "' is a number, not '" + text + "'", "");
    } else if (!shape.values().isEmpty()
        && shape.values().stream().noneMatch(text::equalsIgnoreCase)) {
      faults.error(
          place, "'" + text + "' is not a value of " + name, Suggest.remedy(text, shape.values()));
    } else {
      note(name, place, text, shape, found);
    }
  }

  private void note(String name, Place place, String text, Shape shape, Consumer<Endpoint> found) {
    if (shape.endpoint()) {
      found.accept(Endpoint.of(place, name, text, Optional.empty(), faults));
    } else if (name.equals("kamelet") && shape.keys().contains("parameters")) {
      found.accept(Endpoint.of(place, name, "kamelet:" + text, Optional.empty(), faults));
    }
  }

  private void lacking(String name, Place place, YamlTree value, Shape shape) {
    for (String key : shape.required()) {
      boolean expressionElsewhere = shape.expression() && expressionKeys.contains(key);
      if (value.entry(key).isEmpty() && !expressionElsewhere && !misspelt(key, value, shape)) {
        faults.error(place, "'" + name + "' lacks '" + key + "'", "add it");
      }
    }
    boolean expressed =
        value.entries().stream().anyMatch(entry -> expressionKeys.contains(entry.key()));
    if (shape.expression() && !expressed && !EXPRESSION_OPTIONAL.contains(name)) {
      faults.error(
          place, "'" + name + "' lacks an expression", "add 'expression' and a language in it");
    }
  }

  /** Told as an unknown key already; one mistake, one fault. */
  private static boolean misspelt(String key, YamlTree value, Shape shape) {
    return value.entries().stream()
        .map(YamlTree.Entry::key)
        .filter(written -> !shape.keys().contains(written))
        .anyMatch(
            written -> Suggest.nearest(written, shape.keys()).filter(key::equals).isPresent());
  }

  private static String wanted(Shape shape) {
    if (shape.allows("object")) {
      return shape.allowsText() ? "a text or a map" : "a map";
    }
    return shape.allows("array") ? "a list" : "a text";
  }

  /** Also among what lies beside the hub, which a launcher keeps apart from its own classes. */
  private Class<?> resolve(String name) {
    Class<?> known = context.getClassResolver().resolveClass(name);
    return known != null
        ? known
        : context.getClassResolver().resolveClass(name, StepRules.class.getClassLoader());
  }
}
