package hub.lint;

import hub.config.ValueKind;
import hub.inbox.InboxVariables;
import hub.inbox.camel.Conditions;
import hub.inbox.camel.InboxEndpoint;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;

/**
 * Checks the parameters of {@code inbox:}, and that some route appends to every inbox that is
 * handled.
 */
final class InboxRules {
  private final DeclaredParameters declared = new DeclaredParameters(InboxEndpoint.class);
  private final Project project;
  private final CamelContext context;
  private final ExpressionRules expressions;
  private final Faults faults;

  InboxRules(Project project, CamelContext context, Faults faults) {
    this.project = project;
    this.expressions = new ExpressionRules(context, faults);
    this.context = context;
    this.faults = faults;
  }

  void check(Endpoint endpoint) {
    if (endpoint.name().isEmpty()) {
      faults.error(endpoint.location(), "inbox: names no source", "write inbox:shop");
      return;
    }
    Set<String> known = declared.names(endpoint.isConsumer() ? "consumer" : "producer");
    endpoint
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (!known.contains(name)) {
                faults.error(
                    parameter.location(),
                    "unknown parameter '" + name + "' of inbox",
                    unknownRemedy(endpoint, name, known));
              } else if (name.equals("when")) {
                checkCondition(parameter);
              } else if (!parameter.hasPlaceholder()) {
                checkValue(name, parameter);
              }
            });
    if (endpoint.isConsumer()) {
      checkSource(endpoint);
    }
  }

  private String unknownRemedy(Endpoint endpoint, String name, Set<String> known) {
    return !endpoint.isConsumer() && declared.names("consumer").contains(name)
        ? "it belongs to 'from: inbox:" + endpoint.name() + "'"
        : Suggest.remedy(name, known);
  }

  private void checkValue(String name, Endpoint.Parameter parameter) {
    declared.check(name, parameter, faults);
    if (name.equals("retryDelaysSeconds")) {
      declared.check(name, parameter, ValueKind.DELAYS, faults);
    }
  }

  /** The start refuses the same. */
  private void checkCondition(Endpoint.Parameter when) {
    String text = when.value().strip();
    if (text.isEmpty() || text.contains("{{")) {
      return;
    }
    if (text.contains(")&")) {
      faults.error(
          when.location(),
          "in 'when', a ) right before & ends the text",
          "write a space between ) and &&");
      return;
    }
    if (Conditions.isPath(text)) {
      expressions.check(when.location(), "jsonpath", text);
      return;
    }
    if (text.contains("${")) {
      expressions.check(when.location(), "simple", text);
      expressions.checkPredicates(
          List.of(new Expressions("simple", "when", when.location(), text, false)));
    }
    if (!faults.hasErrorAt(when.location())) {
      try {
        Conditions.check(context, text);
      } catch (IllegalArgumentException e) {
        int remedy = e.getMessage().lastIndexOf("; ");
        faults.error(
            when.location(),
            e.getMessage().substring(0, remedy),
            e.getMessage().substring(remedy + 2));
      }
    }
  }

  private void checkSource(Endpoint endpoint) {
    Set<String> received = project.produced("inbox");
    if (!endpoint.hasPlaceholder()
        && !received.contains(endpoint.name())
        && !endpoint.name().equals(InboxVariables.HUB_SOURCE)
        && received.stream().noneMatch(source -> source.contains("{"))) {
      faults.warning(
          endpoint.location(),
          "no route appends to inbox:" + endpoint.name() + ", so nothing will come",
          Suggest.remedy(endpoint.name(), received));
    }
  }
}
