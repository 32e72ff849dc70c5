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
    SignedContents contents,
    TimestampTolerance tolerance)
    implements SignatureVerifier {

  @Override
  public VerifiedRequest verify(SignedRequest request) throws WebhookRejectedException {
    ParsedSignature parsedSignature = parser.parse(request);
    SignedContents.Choice content = contents.choose(request);
    HmacKey key = matching(parsedSignature, content.template(), request);
    if (content.digest().isPresent()) {
      content.digest().get().check(request);
    }
    Optional<Instant> timestamp = parsedSignature.time().map(SignedTime::instant);
    if (timestamp.isPresent()) {
      tolerance.check(timestamp.get());
    }
    return new VerifiedRequest(key.id(), timestamp);
  }

  private HmacKey matching(ParsedSignature parsedSignature, Template content, SignedRequest request)
      throws WebhookRejectedException {
    Scope scope = Scope.of(request, parsedSignature);
    for (HmacKey key : keys) {
      Mac mac = key.newMac();
      content.feed(scope, mac::update);
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
