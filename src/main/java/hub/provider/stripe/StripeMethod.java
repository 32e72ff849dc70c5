package hub.provider.stripe;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The methods of Stripe's objects. */
enum StripeMethod {
  CREATE(false, true),
  RETRIEVE(true, false),
  UPDATE(true, true),
  LIST(false, true),
  DELETE(true, false),
  CANCEL(true, true),
  CAPTURE(true, true);

  private final boolean needsId;
  private final boolean takesBody;

  StripeMethod(boolean needsId, boolean takesBody) {
    this.needsId = needsId;
    this.takesBody = takesBody;
  }

  boolean needsId() {
    return needsId;
  }

  /** Whether the message's body contains its parameters; else the body is ignored. */
  boolean takesBody() {
    return takesBody;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static StripeMethod of(String text) {
    return Arrays.stream(values())
        .filter(method -> method.text().equalsIgnoreCase(text.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    StripeHeaders.METHOD
                        + ": there is no method '"
                        + text
                        + "'; write one of "
                        + Arrays.stream(values())
                            .map(StripeMethod::text)
                            .collect(Collectors.joining(", "))));
  }
}
