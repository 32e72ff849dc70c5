package hub.webhook.verify;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Parses the headers with id, time and signature, of which there are several sets: {@code
 * webhook-id}, {@code webhook-timestamp} and {@code webhook-signature}, or the same with {@code
 * svix-} when only those are complete. The signature is a list of fields such as {@code v1,<base64>
 * v1,<base64>}; those of other versions are skipped.
 *
 * @param missing what is said when no set is complete
 */
record HeaderSetsParser(
    List<HeaderSet> sets,
    SignatureFields fields,
    String signature,
    SignatureEncoding encoding,
    SignedTime.Unit timestampUnit,
    String missing)
    implements ParsedSignature.Parser {

  static HeaderSetsParser of(WebhookScheme scheme) {
    List<HeaderSet> sets = scheme.places().stream().map(HeaderSet::of).toList();
    HeaderSet first = sets.get(0);
    String others =
        sets.stream()
            .skip(1)
            .map(set -> ", or the same with " + set.beginning())
            .collect(Collectors.joining());
    return new HeaderSetsParser(
        sets,
        SignatureFields.of(scheme.format()),
        scheme.format().field(),
        SignatureEncoding.named(scheme.format().encoding()),
        SignedTime.Unit.named(scheme.signed().timestampUnit()),
        "headers %s, %s and %s%s, are not all there"
            .formatted(first.id, first.timestamp, first.signature, others));
  }

  @Override
  public ParsedSignature parse(SignedRequest request) throws WebhookRejectedException {
    Found identified = null;
    Found complete = null;
    for (HeaderSet set : sets) {
      Found found = set.read(request);
      if (identified != null && found.id.isPresent() && !found.id.equals(identified.id)) {
        // Only one of them is signed; a reader of the other would trust an unsigned id.
        throw new WebhookRejectedException(
            RejectionReason.SIGNATURE_MALFORMED,
            "headers " + identified.set.id + " and " + set.id + " contradict each other");
      }
      if (identified == null && found.id.isPresent()) {
        identified = found;
      }
      if (complete == null && found.isComplete()) {
        complete = found;
      }
    }
    if (complete == null) {
      throw new WebhookRejectedException(RejectionReason.SIGNATURE_MISSING, missing);
    }
    return new ParsedSignature(
        complete.id,
        Optional.of(
            SignedTime.parse(complete.set.timestamp, complete.timestamp.get(), timestampUnit)),
        ParsedSignature.decoded(
            complete.set.place,
            encoding,
            SignatureFields.values(fields.parse(complete.signature.get()), signature)));
  }

  /** The names of one set's headers. */
  record HeaderSet(String id, String timestamp, String signature, String place) {

    static HeaderSet of(WebhookScheme.Places places) {
      String signature = EventFields.headerOf(places.signature()).orElseThrow();
      return new HeaderSet(
          EventFields.headerOf(places.id()).orElseThrow(),
          EventFields.headerOf(places.timestamp()).orElseThrow(),
          signature,
          "header " + signature);
    }

    String beginning() {
      return id.substring(0, id.indexOf('-') + 1);
    }

    Found read(SignedRequest request) throws WebhookRejectedException {
      return new Found(
          this, request.header(id), request.header(timestamp), request.header(signature));
    }
  }

  private record Found(
      HeaderSet set, Optional<String> id, Optional<String> timestamp, Optional<String> signature) {

    boolean isComplete() {
      return id.isPresent() && timestamp.isPresent() && signature.isPresent();
    }
  }
}
