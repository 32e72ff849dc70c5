package hub.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes signed requests that differ in the event's id alone, cheaply, because the maker shares its
 * processors with the hub it measures. Not thread-safe.
 */
final class StripeEvents implements Supplier<ByteBuffer> {
  static final String SECRET = "whsec_for_the_benchmark";

  /** What a subscription's update takes when Stripe sends it. */
  private static final int BODY_BYTES = 1_300;

  /** Subscriptions that the events are about, in turn, unless a maker is told otherwise. */
  private static final int SUBSCRIPTIONS = 5_000;

  /** Gives every id the same length. */
  private static final int FIRST = 100_000_000;

  private static final String BODY =
      """
      {
        "id": "%s",
        "object": "event",
        "api_version": "2024-06-20",
        "created": 1767225600,
        "data": {
          "object": {
            "id": "sub_%010d",
            "object": "subscription",
            "cancel_at_period_end": false,
            "collection_method": "charge_automatically",
            "created": 1764547200,
            "currency": "usd",
            "current_period_end": 1769904000,
            "current_period_start": 1767225600,
            "customer": "cus_QhVvUqXw4kYb2T",
            "items": {
              "object": "list",
              "data": [
                {
                  "id": "si_QhVvKq0s1Xc9Zr",
                  "object": "subscription_item",
                  "price": {
                    "id": "price_1PqVbM2eZvKYlo2C",
                    "object": "price",
                    "currency": "usd",
                    "recurring": {"interval": "month", "interval_count": 1},
                    "unit_amount": 1250
                  },
                  "quantity": 1
                }
              ],
              "has_more": false
            },
            "latest_invoice": "in_1PqVbN2eZvKYlo2C",
            "metadata": {"note": "%s"},
            "status": "active"
          },
          "previous_attributes": {"status": "past_due"}
        },
        "livemode": true,
        "pending_webhooks": 1,
        "request": {"id": null, "idempotency_key": null},
        "type": "customer.subscription.updated"
      }
      """;

  private final byte[] head;
  private final Mac mac;
  private final String idPrefix;
  private final int subscriptions;
  private int made;

  /**
   * @param source whose path the requests go to
   * @param series sets this maker's ids apart from another's
   */
  StripeEvents(String source, String series) {
    this(source, series, SUBSCRIPTIONS);
  }

  /**
   * @param subscriptions that the events are about, in turn
   */
  StripeEvents(String source, String series, int subscriptions) {
    this.idPrefix = "evt_" + series;
    this.subscriptions = subscriptions;
    this.head =
        ascii(
            "POST /api/webhooks/"
                + source
                + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\n"
                + "Accept: */*; q=0.5, application/xml\r\nContent-Type: application/json; charset=utf-8\r\n"
                + "Content-Length: "
                + BODY_BYTES
                + "\r\nStripe-Signature: t=");
    try {
      this.mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(ascii(SECRET), "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One whole request, of an event that was never sent before. */
  @Override
  public ByteBuffer get() {
    made++;
    byte[] body = Template.ONLY.replaced(idPrefix + (FIRST + made), made % subscriptions);
    byte[] time = ascii(Long.toString(Instant.now().getEpochSecond()));
    mac.update(time);
    mac.update((byte) '.');
    byte[] signature = ascii(HexFormat.of().formatHex(mac.doFinal(body)));
    return ByteBuffer.allocate(head.length + time.length + 4 + signature.length + 4 + body.length)
        .put(head)
        .put(time)
        .put(ascii(",v1="))
        .put(signature)
        .put(ascii("\r\n\r\n"))
        .put(body)
        .flip();
  }

  /** The body of event {@code number}, padded to {@link #BODY_BYTES}. */
  static byte[] body(String id, int number) {
    return Template.ONLY.replaced(id, number % SUBSCRIPTIONS);
  }

  /** The body with its two changing places found once; filling them in costs a copy. */
  private record Template(byte[] bytes, int idAt, int idLength, int subscriptionAt) {
    private static final String ID = "evt_" + "#".repeat(17);
    private static final Template ONLY = make();

    private static Template make() {
      int bare = BODY.formatted(ID, 0, "").length();
      String text = BODY.formatted(ID, 0, "x".repeat(BODY_BYTES - bare));
      return new Template(
          ascii(text), text.indexOf(ID), ID.length(), text.indexOf("sub_") + "sub_".length());
    }

    private byte[] replaced(String id, int subscription) {
      if (id.length() > idLength) {
        throw new IllegalArgumentException("id too long: " + id);
      }
      byte[] copy = bytes.clone();
      for (int i = 0; i < idLength; i++) {
        copy[idAt + i] = (byte) (i < id.length() ? id.charAt(i) : '0');
      }
      for (int i = 9, rest = subscription; i >= 0; i--, rest /= 10) {
        copy[subscriptionAt + i] = (byte) ('0' + rest % 10);
      }
      return copy;
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
