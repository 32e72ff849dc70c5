package hub.webhook.verify;

import java.util.Optional;

/**
 * What must hold of a request: that a {@link Place} has a value, or that its value is a certain
 * text ({@code header:X-Event == 'ping'}). Empty: holds always. Thread-safe.
 */
final class Condition {
  static final Condition ALWAYS = new Condition(null, null);
  private static final String EQUALS = "==";

  private final Place place;
  private final String text;

  private Condition(Place place, String text) {
    this.place = place;
    this.text = text;
  }

  /**
   * @throws IllegalArgumentException when it cannot be read
   */
  static Condition of(String expression) {
    return parse(expression)
        .orElseThrow(() -> new IllegalArgumentException("'" + expression + "' is no condition"));
  }

  /** Empty when it cannot be read. */
  static Optional<Condition> parse(String expression) {
    if (expression.isEmpty()) {
      return Optional.of(ALWAYS);
    }
    int end = expression.length() - 1;
    int begin = expression.lastIndexOf('\'', end - 1);
    String before = begin < 0 ? "" : expression.substring(0, begin).stripTrailing();
    if (!expression.endsWith("'") || !before.endsWith(EQUALS)) {
      boolean isMisspelt = expression.contains(EQUALS) && !expression.contains("[?");
      return isMisspelt
          ? Optional.empty()
          : Place.parse(expression).map(place -> new Condition(place, null));
    }
    String place = before.substring(0, before.length() - EQUALS.length()).stripTrailing();
    return Place.parse(place).map(at -> new Condition(at, expression.substring(begin + 1, end)));
  }

  /** Where it looks; empty when it holds always. */
  Optional<Place> place() {
    return Optional.ofNullable(place);
  }

  boolean isAlways() {
    return place == null;
  }

  boolean holds(SignedRequest request) throws WebhookRejectedException {
    if (place == null) {
      return true;
    }
    Optional<String> value = place.read(request);
    return text == null ? value.isPresent() : value.filter(text::equals).isPresent();
  }
}
