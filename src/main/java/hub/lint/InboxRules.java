package hub.lint;

import hub.config.Setting;
import hub.inbox.camel.InboxEndpoint;
import java.util.Set;

/** The parameters of {@code inbox:}, and that what is handled is received somewhere. */
final class InboxRules {
  private final DeclaredParameters declared = new DeclaredParameters(InboxEndpoint.class);
  private final Project project;
  private final Faults faults;

  InboxRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  void check(Endpoint endpoint) {
    if (endpoint.name().isEmpty()) {
      faults.error(endpoint.place(), "inbox: names no source", "write inbox:shop");
      return;
    }
    Set<String> known = declared.names(endpoint.consumed() ? "consumer" : "producer");
    endpoint
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (!known.contains(name)) {
                faults.error(
                    parameter.place(),
                    "unknown parameter '" + name + "' of inbox",
                    unknownRemedy(endpoint, name, known));
              } else if (!parameter.open()) {
                checkValue(name, parameter);
              }
            });
    if (endpoint.consumed()) {
      checkSource(endpoint);
    }
  }

  private String unknownRemedy(Endpoint endpoint, String name, Set<String> known) {
    return !endpoint.consumed() && declared.names("consumer").contains(name)
        ? "it belongs to 'from: inbox:" + endpoint.name() + "'"
        : Suggest.remedy(name, known);
  }

  private void checkValue(String name, Endpoint.Parameter parameter) {
    Set<String> values = declared.values(name);
    if (!values.isEmpty() && !values.contains(parameter.value())) {
      faults.error(
          parameter.place(),
          "'" + parameter.value() + "' is not a value of " + name,
          Suggest.remedy(parameter.value(), values));
    } else if (declared.number(name)) {
      checkKind(name, parameter, Setting.Kind.COUNT);
    } else if (name.equals("retryDelaysSeconds")) {
      checkKind(name, parameter, Setting.Kind.DELAYS);
    }
  }

  private void checkKind(String name, Endpoint.Parameter parameter, Setting.Kind kind) {
    kind.complaint(parameter.value())
        .ifPresent(
            complaint ->
                faults.error(
                    parameter.place(), "parameter '" + name + "' of inbox " + complaint, ""));
  }

  private void checkSource(Endpoint endpoint) {
    Set<String> received = project.produced("inbox");
    if (!endpoint.open()
        && !received.contains(endpoint.name())
        && received.stream().noneMatch(source -> source.contains("{"))) {
      faults.warning(
          endpoint.place(),
          "no route appends to inbox:" + endpoint.name() + ", so nothing will come",
          Suggest.remedy(endpoint.name(), received));
    }
  }
}
