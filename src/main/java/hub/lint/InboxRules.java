package hub.lint;

import hub.settings.Setting;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The parameters of {@code inbox:}, and that what is handled is received somewhere. */
final class InboxRules {
  /** What a handler may set. Kept here alone. */
  private static final Set<String> OF_HANDLERS =
      new TreeSet<>(
          Set.of("types", "orderBy", "concurrency", "leaseSeconds", "retryDelaysSeconds"));

  private static final Set<String> ORDERS = Set.of("orderingKey", "none");

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
    if (!endpoint.consumed()) {
      endpoint
          .parameters()
          .keySet()
          .forEach(
              name ->
                  faults.error(
                      endpoint.placeOf(name),
                      "unknown parameter '" + name + "' of inbox",
                      OF_HANDLERS.contains(name)
                          ? "it belongs to 'from: inbox:" + endpoint.name() + "'"
                          : "a step to inbox: takes none"));
      return;
    }
    for (String name : endpoint.parameters().keySet()) {
      if (!OF_HANDLERS.contains(name)) {
        faults.error(
            endpoint.placeOf(name),
            "unknown parameter '" + name + "' of inbox",
            Suggest.remedy(name, OF_HANDLERS));
      }
    }
    known(endpoint, "orderBy")
        .filter(value -> !ORDERS.contains(value))
        .ifPresent(
            value ->
                faults.error(
                    endpoint.placeOf("orderBy"),
                    "'" + value + "' is not a value of orderBy",
                    Suggest.remedy(value, ORDERS)));
    checkKind(endpoint, "concurrency", Setting.Kind.COUNT);
    checkKind(endpoint, "leaseSeconds", Setting.Kind.COUNT);
    checkKind(endpoint, "retryDelaysSeconds", Setting.Kind.DELAYS);
    checkSource(endpoint);
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

  private void checkKind(Endpoint endpoint, String name, Setting.Kind kind) {
    known(endpoint, name)
        .flatMap(kind::complaint)
        .ifPresent(
            complaint ->
                faults.error(
                    endpoint.placeOf(name), "parameter '" + name + "' of inbox " + complaint, ""));
  }

  private static Optional<String> known(Endpoint endpoint, String name) {
    return Optional.ofNullable(endpoint.parameters().get(name))
        .filter(parameter -> !parameter.open())
        .map(Endpoint.Parameter::value);
  }
}
