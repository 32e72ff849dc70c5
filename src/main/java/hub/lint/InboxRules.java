package hub.lint;

import hub.config.Setting;
import hub.inbox.camel.InboxEndpoint;
import java.util.Set;

/**
 * Checks the parameters of {@code inbox:}, and that some route appends to every inbox that is
 * handled.
 */
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
      declared.check(name, parameter, Setting.Kind.DELAYS, faults);
    }
  }

  private void checkSource(Endpoint endpoint) {
    Set<String> received = project.produced("inbox");
    if (!endpoint.hasPlaceholder()
        && !received.contains(endpoint.name())
        && received.stream().noneMatch(source -> source.contains("{"))) {
      faults.warning(
          endpoint.location(),
          "no route appends to inbox:" + endpoint.name() + ", so nothing will come",
          Suggest.remedy(endpoint.name(), received));
    }
  }
}
