package hub.webhook.verify;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;

/**
 * Accepts a request whose signature was made with one of {@code keys}, at a time within the
 * tolerance. Checks the signature before the time, so that strangers learn nothing about the hub's
 * clock. Thread-safe.
 */
record HmacVerifier(
    List<HmacKey> keys,
    ParsedSignature.Parser parser,
    SignedContent content,
    TimestampTolerance tolerance)
    implements SignatureVerifier {

  @Override
  public VerifiedRequest verify(SignedRequest request) throws WebhookRejectedException {
    ParsedSignature parsedSignature = parser.parse(request);
    HmacKey key = matching(parsedSignature, request.body());
    Optional<Instant> timestamp = parsedSignature.time().map(SignedTime::instant);
    if (timestamp.isPresent()) {
      tolerance.check(timestamp.get());
    }
    return new VerifiedRequest(key.id(), timestamp);
  }

  private HmacKey matching(ParsedSignature parsedSignature, byte[] body)
      throws WebhookRejectedException {
    for (HmacKey key : keys) {
      Mac mac = key.newMac();
      content.feed(mac, parsedSignature, body);
      byte[] expected = mac.doFinal();
      for (byte[] signature : parsedSignature.signatures()) {
        if (MessageDigest.isEqual(expected, signature)) {
          return key;
        }
      }
    }
    throw new WebhookRejectedException(
        RejectionReason.SIGNATURE_MISMATCH, "the signature was made with none of our secrets");
  }
}
