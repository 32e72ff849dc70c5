package hub.lint;

import hub.call.http.FailureInAnswer;
import hub.call.http.HttpApiCall;
import hub.call.http.WebhookDelivery;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Tells parameters of calls that no call can have, by the setters of the calls themselves. */
final class CallParameterRules {
  private static final Map<String, Consumer<String>> OF_API =
      Map.of(
          "baseUrl", value -> new HttpApiCall().setBaseUrl(value),
          "headers", value -> new HttpApiCall().setHeaders(value),
          "failureAt", value -> new FailureInAnswer().setFailureAt(value),
          "timeoutSeconds", CallParameterRules::requireSeconds);

  private static final Map<String, Consumer<String>> OF_SINK =
      Map.of(
          "url", value -> new WebhookDelivery().setUrl(value),
          "headers", value -> new WebhookDelivery().setHeaders(value),
          "forward", value -> new WebhookDelivery().setForward(value),
          "timeoutSeconds", CallParameterRules::requireSeconds);

  private static final Map<String, Map<String, Consumer<String>>> BY_KAMELET =
      Map.of(
          "http-api-action", OF_API,
          "poll-source", OF_API,
          "catch-up-source", OF_API,
          "webhook-sink", OF_SINK);

  private final Project project;
  private final Faults faults;

  CallParameterRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  void checkAll() {
    project.endpoints().stream()
        .filter(endpoint -> endpoint.scheme().equals("kamelet"))
        .forEach(
            endpoint ->
                BY_KAMELET
                    .getOrDefault(endpoint.name().replaceFirst("/.*", ""), Map.of())
                    .forEach((name, setter) -> check(endpoint, name, setter)));
  }

  private void check(Endpoint endpoint, String name, Consumer<String> setter) {
    Optional.ofNullable(endpoint.parameters().get(name))
        .filter(written -> !written.hasPlaceholder() && !written.value().isBlank())
        .ifPresent(written -> check(name, written, setter));
  }

  private void check(String name, Endpoint.Parameter written, Consumer<String> setter) {
    try {
      setter.accept(written.value());
    } catch (IllegalArgumentException e) {
      String text = e.getMessage().replaceFirst("^(baseUrl|headers|forward|failureAt): ", "");
      int end = text.indexOf("; ");
      faults.error(
          written.location(),
          name + ": " + (end < 0 ? text : text.substring(0, end)),
          end < 0 ? remedy(name) : text.substring(end + "; ".length()));
    }
  }

  private static String remedy(String name) {
    return switch (name) {
      case "url", "baseUrl" -> "write it like https://api.example.com/v1";
      case "failureAt" -> "write it like $.errors";
      case "timeoutSeconds" -> "write at least 1, or leave it out";
      default -> "write 'Name: value', one a line";
    };
  }

  /** What is no number is told by its type. */
  private static void requireSeconds(String value) {
    if (value.strip().matches("-\\d+|0+")) {
      throw new IllegalArgumentException("'" + value.strip() + "' leaves a call no time");
    }
  }
}
