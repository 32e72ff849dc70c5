package hub.lint;

import hub.config.Setting;
import hub.provider.stripe.StripeEndpoint;
import java.util.Set;

/** The operation and the parameters of {@code stripe:}, and that no key stands in a route. */
final class StripeRules {
  private final DeclaredParameters declared = new DeclaredParameters(StripeEndpoint.class);
  private final Set<String> known = declared.names("producer");
  private final Faults faults;

  StripeRules(Faults faults) {
    this.faults = faults;
  }

  void check(Endpoint endpoint) {
    if (endpoint.consumed()) {
      faults.error(
          endpoint.place(),
          "no messages come from stripe:",
          "receive Stripe's events by a webhook and handle them from inbox:stripe");
      return;
    }
    checkOperation(endpoint);
    endpoint
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (!known.contains(name) && !isOperation(endpoint, name)) {
                faults.error(
                    parameter.place(),
                    "unknown parameter '" + name + "' of stripe",
                    Suggest.remedy(name, known));
              } else if (!parameter.open()) {
                checkValue(name, parameter);
              }
            });
  }

  /** Where the address is the scheme alone. */
  private static boolean isOperation(Endpoint endpoint, String parameter) {
    return parameter.equals("operation") && !endpoint.address().contains(":");
  }

  private void checkOperation(Endpoint endpoint) {
    String operation =
        endpoint.address().contains(":") ? endpoint.name() : endpoint.value("operation").orElse("");
    if (!endpoint.open()
        && !operation.contains("{{")
        && !StripeEndpoint.operations().contains(operation)) {
      faults.error(
          endpoint.place(),
          "stripe: has no operation '" + operation + "'",
          Suggest.remedy(operation, StripeEndpoint.operations()));
    }
  }

  private void checkValue(String name, Endpoint.Parameter parameter) {
    if (name.equals("apiKey") && StripeEndpoint.isKey(parameter.value())) {
      faults.error(
          parameter.place(),
          "a key of Stripe's stands in a route",
          "revoke it, and write the name of the variable that holds the new one");
    } else if (declared.number(name)) {
      Setting.Kind.COUNT
          .complaint(parameter.value())
          .ifPresent(
              complaint ->
                  faults.error(
                      parameter.place(), "parameter '" + name + "' of stripe " + complaint, ""));
    } else if (declared.truth(name) && !parameter.value().matches("true|false")) {
      faults.error(
          parameter.place(),
          "parameter '" + name + "' of stripe is true or false, not '" + parameter.value() + "'",
          "");
    }
  }
}
