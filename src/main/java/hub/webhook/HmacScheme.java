package hub.webhook;

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
    List<HmacKey> keys, Claim.Reader reader, SignedContent content, Freshness freshness)
    implements SignatureScheme {

  @Override
  public Verified verify(SignedRequest request) throws Rejected {
    Claim claim = reader.read(request);
    HmacKey key = matching(claim, request.body());
    Optional<Instant> timestamp = claim.time().map(SignedTime::instant);
    if (timestamp.isPresent()) {
      freshness.check(timestamp.get());
    }
    return new Verified(key.id(), timestamp, claim.id());
  }

  private HmacKey matching(Claim claim, byte[] body) throws Rejected {
    for (HmacKey key : keys) {
      Mac mac = key.newMac();
      content.feed(mac, claim, body);
      byte[] expected = mac.doFinal();
      for (byte[] signature : claim.signatures()) {
        if (MessageDigest.isEqual(expected, signature)) {
          return key;
        }
      }
    }
    throw new Rejected(
        Reason.SIGNATURE_MISMATCH, "the signature was made with none of our secrets");
  }
}
