package hub.webhook.verify;

import java.util.List;
import java.util.Optional;

/**
 * Parses one signature from a header or query parameter, and the signed time and id, if any, from
 * headers.
 *
 * @param timestampUnit how the time is written
 */
record HeaderSignatureParser(
    ProofLocation location,
    SignatureEncoding encoding,
    Optional<String> timestampHeader,
    SignedTime.Unit timestampUnit,
    Optional<String> idHeader)
    implements ParsedSignature.Parser {

  static HeaderSignatureParser of(WebhookScheme scheme) {
    WebhookScheme.Places places = scheme.places().get(0);
    return new HeaderSignatureParser(
        ProofLocation.of(scheme),
        SignatureEncoding.named(scheme.format().encoding()),
        EventFields.headerOf(places.timestamp()),
        SignedTime.Unit.named(scheme.signed().timestampUnit()),
        EventFields.headerOf(places.id()));
  }

  @Override
  public ParsedSignature parse(SignedRequest request) throws WebhookRejectedException {
    String signature = location.read(request);
    Optional<SignedTime> time = Optional.empty();
    if (timestampHeader.isPresent()) {
      String header = timestampHeader.get();
      time = Optional.of(SignedTime.parse(header, request.requiredHeader(header), timestampUnit));
    }
    Optional<String> id = Optional.empty();
    if (idHeader.isPresent()) {
      id = Optional.of(request.requiredHeader(idHeader.get()));
    }
    return new ParsedSignature(
        id, time, ParsedSignature.decoded(location.place(), encoding, List.of(signature)));
  }
}
