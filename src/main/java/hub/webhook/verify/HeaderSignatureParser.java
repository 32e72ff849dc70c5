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

  static HeaderSignatureParser of(
      String signatureHeader, String prefix, SignatureEncoding signatureEncoding) {
    return new HeaderSignatureParser(
        ProofLocation.inHeader(signatureHeader, prefix),
        signatureEncoding,
        Optional.empty(),
        SignedTime.Unit.SECONDS,
        Optional.empty());
  }

  /** The parser of scheme {@code hmac}, by its parameters. */
  static HeaderSignatureParser of(SchemeOptions options) {
    boolean identified = SignedContent.templateOf(options).contains("{id}");
    return new HeaderSignatureParser(
        ProofLocation.of(options),
        SignatureEncoding.named(options.encoding()),
        Optional.of(options.timestampHeader()).filter(header -> !header.isEmpty()),
        SignedTime.Unit.named(options.timestampUnit()),
        identified ? EventFields.headerOf(options.eventId()) : Optional.empty());
  }

  HeaderSignatureParser timedBy(String header) {
    return new HeaderSignatureParser(
        location, encoding, Optional.of(header), timestampUnit, idHeader);
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
