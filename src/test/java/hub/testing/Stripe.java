package hub.testing;

import com.stripe.net.Webhook;
import java.security.GeneralSecurityException;
import java.time.Instant;

/** Signs as Stripe does, with Stripe's own library. */
public final class Stripe {
  public static final String SECRET = "whsec_for_all_tests";

  private Stripe() {}

  /** The header {@code Stripe-Signature} for this body, now. */
  public static String sign(String body) {
    return sign(body, Instant.now());
  }

  public static String sign(String body, Instant at) {
    long time = at.getEpochSecond();
    try {
      return "t=" + time + ",v1=" + Webhook.Util.computeHmacSha256(SECRET, time + "." + body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A subscription's event, as far as routes look at it.
   *
   * @param created when Stripe made it, in Unix seconds
   */
  public static String subscription(String eventId, String type, String id, long created) {
    return """
        {"id":"%s","object":"event","type":"customer.subscription.%s","created":%d,\
        "data":{"object":{"id":"%s","object":"subscription","status":"active","customer":"cus_1"}}}"""
        .formatted(eventId, type, created, id);
  }
}
