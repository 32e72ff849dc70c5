package hub.lint;

import hub.provider.stripe.StripeEndpoint;
import java.util.Set;

/**
 * Checks operation and parameters of {@code stripe:}, and that no API key is written in a route.
 */
final class StripeRules {
  private final DeclaredParameters declared = new DeclaredParameters(StripeEndpoint.class);
  private final Set<String> known = declared.names("producer");
  private final Faults faults;

  StripeRules(Faults faults) {
    this.faults = faults;
  }

  void check(Endpoint endpoint) {
    if (endpoint.isConsumer()) {
      faults.error(
          endpoint.location(),
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
                    parameter.location(),
                    "unknown parameter '" + name + "' of stripe",
                    Suggest.remedy(name, known));
              } else if (!parameter.hasPlaceholder()) {
                checkValue(name, parameter);
              }
            });
  }

  /** The operation may be a parameter if the address is only the scheme. */
  private static boolean isOperation(Endpoint endpoint, String parameter) {
    return parameter.equals("operation") && !endpoint.address().contains(":");
  }

  private void checkOperation(Endpoint endpoint) {
    String operation =
        endpoint.address().contains(":") ? endpoint.name() : endpoint.value("operation").orElse("");
    if (!endpoint.hasPlaceholder()
        && !operation.contains("{{")
        && !StripeEndpoint.operations().contains(operation)) {
      faults.error(
          endpoint.location(),
          "stripe: has no operation '" + operation + "'",
          Suggest.remedy(operation, StripeEndpoint.operations()));
    }
  }

  private void checkValue(String name, Endpoint.Parameter parameter) {
    if (name.equals("apiKey") && StripeEndpoint.isKey(parameter.value())) {
      faults.error(
          parameter.location(),
          "a key of Stripe's stands in a route",
          "revoke it, and write the name of the variable that holds the new one");
    } else {
      declared.check(name, parameter, faults);
    }
  }
}
