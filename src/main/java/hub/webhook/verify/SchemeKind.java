package hub.webhook.verify;

import java.util.Optional;
import java.util.stream.Stream;

/** All signature schemes. */
enum SchemeKind {
  STRIPE("stripe"),
  GITHUB("github"),
  SLACK("slack"),
  SHOPIFY("shopify"),
  STANDARD_WEBHOOKS("standard-webhooks"),
  HMAC("hmac"),
  TOKEN("token"),
  BEARER("bearer"),
  BASIC("basic"),
  NONE("none");

  private final String label;

  SchemeKind(String label) {
    this.label = label;
  }

  /** The name as routes write it. */
  String label() {
    return label;
  }

  static Optional<SchemeKind> named(String label) {
    return Stream.of(values()).filter(kind -> kind.label.equals(label)).findFirst();
  }
}
