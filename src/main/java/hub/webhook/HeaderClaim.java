package hub.webhook;

import java.util.List;
import java.util.Optional;

/**
 * Reads a claim of one signature in a place of its own; time and id, where signed, in headers.
 *
 * @param timestampUnit how the time is written
 */
record HeaderClaim(
    Shown shown,
    Encoding encoding,
    Optional<String> timestampHeader,
    SignedTime.Unit timestampUnit,
    Optional<String> idHeader)
    implements Claim.Reader {

  static HeaderClaim of(String signatureHeader, String prefix, Encoding encoding) {
    return new HeaderClaim(
        Shown.inHeader(signatureHeader, prefix),
        encoding,
        Optional.empty(),
        SignedTime.Unit.SECONDS,
        Optional.empty());
  }

  /** The claim of scheme {@code hmac}, as its parameters describe it. */
  static HeaderClaim of(SchemeOptions options) {
    boolean identified = SignedContent.templateOf(options).contains("{id}");
    return new HeaderClaim(
        Shown.of(options),
        Encoding.named(options.encoding()),
        Optional.of(options.timestampHeader()).filter(header -> !header.isEmpty()),
        SignedTime.Unit.named(options.timestampUnit()),
        identified ? EventFields.headerOf(options.eventId()) : Optional.empty());
  }

  HeaderClaim timedBy(String header) {
    return new HeaderClaim(shown, encoding, Optional.of(header), timestampUnit, idHeader);
  }

  @Override
  public Claim read(SignedRequest request) throws Rejected {
    String signature = shown.read(request);
    Optional<SignedTime> time = Optional.empty();
    if (timestampHeader.isPresent()) {
      String header = timestampHeader.get();
      time = Optional.of(SignedTime.parse(header, request.requiredHeader(header), timestampUnit));
    }
    Optional<String> id = Optional.empty();
    if (idHeader.isPresent()) {
      id = Optional.of(request.requiredHeader(idHeader.get()));
    }
    return new Claim(id, time, Claim.decoded(shown.place(), encoding, List.of(signature)));
  }
}
