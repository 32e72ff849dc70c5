package hub.webhook.verify;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;

/**
 * Believes a request whose signature was made with one of {@code keys}, at a time that is fresh.
 * Read first, then the signature, then the time: who has no secret learns nothing of our clock.
 * Thread-safe.
 */
record HmacScheme(
    List<HmacKey> keys,
    ParsedSignature.Reader reader,
    SignedContent content,
    TimestampTolerance freshness)
    implements SignatureScheme {

  @Override
  public VerifiedRequest verify(SignedRequest request) throws WebhookRejectedException {
    ParsedSignature parsedSignature = reader.read(request);
    HmacKey key = matching(parsedSignature, request.body());
    Optional<Instant> timestamp = parsedSignature.time().map(SignedTime::instant);
    if (timestamp.isPresent()) {
      freshness.check(timestamp.get());
    }
    return new VerifiedRequest(key.id(), timestamp, parsedSignature.id());
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
