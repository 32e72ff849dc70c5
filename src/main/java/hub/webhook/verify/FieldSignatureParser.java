package hub.webhook.verify;

import java.util.List;
import java.util.Optional;

/**
 * Parses a list of fields in one place, such as {@code Stripe-Signature: t=<unix
 * seconds>,v1=<hex>,v1=<hex>,v0=<hex>}. Fields other than the time and the signature are skipped.
 *
 * @param timestamp name of the field with the time
 * @param signature name of the fields with signatures
 */
record FieldSignatureParser(
    ProofLocation location,
    SignatureFields fields,
    String timestamp,
    String signature,
    String assign,
    SignatureEncoding encoding,
    SignedTime.Unit timestampUnit)
    implements ParsedSignature.Parser {

  static FieldSignatureParser of(WebhookScheme scheme) {
    return new FieldSignatureParser(
        ProofLocation.of(scheme),
        SignatureFields.of(scheme.format()),
        scheme.places().get(0).timestampField(),
        scheme.format().field(),
        scheme.format().assign(),
        SignatureEncoding.named(scheme.format().encoding()),
        SignedTime.Unit.named(scheme.signed().timestampUnit()));
  }

  @Override
  public ParsedSignature parse(SignedRequest request) throws WebhookRejectedException {
    List<SignatureFields.Field> all = fields.parse(location.read(request));
    List<String> times = SignatureFields.values(all, timestamp);
    List<String> signatures = SignatureFields.values(all, signature);
    if (times.size() > 1) {
      throw malformed("holds more than one " + timestamp);
    }
    if (times.isEmpty()) {
      throw malformed("holds no " + timestamp);
    }
    if (signatures.isEmpty()) {
      throw malformed("holds no " + signature);
    }
    return new ParsedSignature(
        Optional.empty(),
        Optional.of(SignedTime.parse(location.name(), times.get(0), timestampUnit)),
        ParsedSignature.decoded(location.place(), encoding, signatures));
  }

  private WebhookRejectedException malformed(String what) {
    return new WebhookRejectedException(
        RejectionReason.SIGNATURE_MALFORMED, location.place() + " " + what + assign);
  }
}
