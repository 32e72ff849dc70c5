package hub.webhook.verify;

import hub.webhook.scheme.SchemeFiles;
import java.util.List;

/** The schemes that the jar holds. */
final class Shipped {
  static final Schemes SCHEMES = new Schemes(SchemeFiles.shipped());

  private Shipped() {}

  static List<WebhookScheme> all() {
    return SCHEMES.names().stream().map(name -> SCHEMES.named(name).orElseThrow()).toList();
  }

  /** Null or blank: the scheme's default. */
  static EventFields fieldsOf(String scheme, String eventId, String eventType, String orderingKey) {
    return SCHEMES.fieldsOf(
        SchemeOptions.of(scheme)
            .with("eventId", eventId)
            .with("eventType", eventType)
            .with("orderingKey", orderingKey));
  }
}
