package hub.webhook;

import java.util.List;
import java.util.Optional;

/**
 * Reads a claim of one signature in a header of its own; time and id, where signed, in others.
 *
 * @param prefix stands before the signature, exactly so; empty: none
 */
record HeaderClaim(
    String signatureHeader,
    String prefix,
    Encoding encoding,
    Optional<String> timestampHeader,
    Optional<String> idHeader)
    implements Claim.Reader {

  static HeaderClaim of(String signatureHeader, String prefix, Encoding encoding) {
    return new HeaderClaim(signatureHeader, prefix, encoding, Optional.empty(), Optional.empty());
  }

  /** The claim of scheme {@code hmac}, as its parameters describe it. */
  static HeaderClaim of(SchemeOptions options) {
    boolean identified = SignedContent.templateOf(options).contains("{id}");
    return new HeaderClaim(
        options.signatureHeader(),
        options.signaturePrefix(),
        Encoding.named(options.encoding()),
        Optional.of(options.timestampHeader()).filter(header -> !header.isEmpty()),
        identified ? EventFields.headerOf(options.eventId()) : Optional.empty());
  }

  HeaderClaim timedBy(String header) {
    return new HeaderClaim(signatureHeader, prefix, encoding, Optional.of(header), idHeader);
  }

  @Override
  public Claim read(SignedRequest request) throws Rejected {
    String signature = request.requiredHeader(signatureHeader);
    Optional<SignedTime> time = Optional.empty();
    if (timestampHeader.isPresent()) {
      String header = timestampHeader.get();
      time = Optional.of(SignedTime.parse(header, request.requiredHeader(header)));
    }
    Optional<String> id = Optional.empty();
    if (idHeader.isPresent()) {
      id = Optional.of(request.requiredHeader(idHeader.get()));
    }
    if (!signature.startsWith(prefix)) {
      throw new Rejected(
          Reason.SIGNATURE_MALFORMED,
          "header " + signatureHeader + " does not begin with " + prefix);
    }
    List<String> written = List.of(signature.substring(prefix.length()));
    return new Claim(id, time, Claim.decoded(signatureHeader, encoding, written));
  }
}
