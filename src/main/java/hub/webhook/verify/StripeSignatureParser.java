package hub.webhook.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Parses {@code Stripe-Signature: t=<unix seconds>,v1=<hex>,v1=<hex>,v0=<hex>}. Keys other than
 * {@code t} and {@code v1} are skipped: {@code v0} is a test scheme that proves nothing.
 *
 * @see <a href="https://docs.stripe.com/webhooks/signature">Stripe: verify signatures</a>
 */
final class StripeSignatureParser implements ParsedSignature.Parser {
  private static final String HEADER = "Stripe-Signature";

  @Override
  public ParsedSignature parse(SignedRequest request) throws WebhookRejectedException {
    String time = null;
    List<String> signatures = new ArrayList<>();
    for (String item : request.requiredHeader(HEADER).split(",", -1)) {
      String[] pair = item.split("=", 2);
      String key = pair[0].strip();
      String value = pair.length == 2 ? pair[1].strip() : "";
      if (key.equals("v1")) {
        signatures.add(value);
      } else if (key.equals("t")) {
        if (time != null) {
          throw malformed("holds more than one t=");
        }
        time = value;
      }
    }
    if (time == null) {
      throw malformed("holds no t=");
    }
    if (signatures.isEmpty()) {
      throw malformed("holds no v1=");
    }
    return new ParsedSignature(
        Optional.empty(),
        Optional.of(SignedTime.parse(HEADER, time)),
        ParsedSignature.decoded("header " + HEADER, SignatureEncoding.HEX, signatures));
  }

  private static WebhookRejectedException malformed(String what) {
    return new WebhookRejectedException(
        RejectionReason.SIGNATURE_MALFORMED, "header " + HEADER + " " + what);
  }
}
