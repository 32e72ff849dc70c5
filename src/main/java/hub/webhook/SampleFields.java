package hub.webhook;

import hub.webhook.verify.EventFields;
import hub.webhook.verify.WebhookScheme;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Writes an event's id and type where the hub reads them, in a body that was made up. */
public final class SampleFields {
  private static final Pattern PLAIN_PATH =
      Pattern.compile("\\$(\\.[A-Za-z_][A-Za-z0-9_-]*|\\['[^']+']|\\[\\d+])+");

  private final OutgoingWebhook message;
  private final String event;

  /**
   * @param scheme with the parameters of its source
   */
  public SampleFields(WebhookScheme scheme, OutgoingWebhook message) {
    this.message = message;
    this.event = scheme.payload().each().replace("[*]", "[0]");
  }

  /**
   * Writes a value where the first of the expressions is that has one; where none has, at the first
   * plain path. Leaves headers to the signer, and whatever is made of other values.
   *
   * @param expressions as in {@link EventFields}
   */
  public void put(List<String> expressions, String value) {
    Optional<String> counts = expressions.stream().filter(this::counts).findFirst();
    Optional<String> place =
        counts.isPresent() ? counts : expressions.stream().filter(this::isPlace).findFirst();
    place
        .filter(this::isPlace)
        .map(this::absolute)
        .filter(at -> !message.text(at).equals(Optional.of(value)))
        .ifPresent(at -> message.change(at, value));
  }

  /** Whether the hub finds a value by one of the expressions. */
  public boolean has(List<String> expressions) {
    return expressions.stream().anyMatch(this::counts);
  }

  /** Whether the hub would read this expression: it is no place, or a place with a value. */
  private boolean counts(String expression) {
    return isPlace(expression)
        ? message.text(absolute(expression)).filter(text -> !text.isBlank()).isPresent()
        : !expression.contains("='");
  }

  private boolean isPlace(String expression) {
    return PLAIN_PATH.matcher(expression).matches() || expression.matches("form:[^='\\s]+");
  }

  private String absolute(String expression) {
    return event.isEmpty() || !expression.startsWith("$")
        ? expression
        : event + expression.substring(1);
  }
}
