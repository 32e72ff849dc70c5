package hub.webhook.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Parses the places with id, time and signature, of which there are several sets: {@code
 * webhook-id}, {@code webhook-timestamp} and {@code webhook-signature}, or the same with {@code
 * svix-} when only those are complete.
 *
 * @param missing what is said when no set is complete
 */
record AlternativesParser(List<SignatureParser> sets, String missing)
    implements ParsedSignature.Parser {

  static AlternativesParser of(WebhookScheme scheme, String field) {
    List<SignatureParser> sets =
        scheme.places().stream().map(places -> SignatureParser.of(scheme, places, field)).toList();
    String first = places(sets.get(0)).map(Place::name).collect(Collectors.joining(", "));
    String others =
        sets.stream()
            .skip(1)
            .map(set -> ", or the same with " + beginning(set.place()))
            .collect(Collectors.joining());
    int last = first.lastIndexOf(", ");
    return new AlternativesParser(
        sets,
        "headers %s%s, are not all there"
            .formatted(
                last < 0 ? first : first.substring(0, last) + " and " + first.substring(last + 2),
                others));
  }

  /** The texts at the places of one set, all of which are there. */
  private record Found(
      SignatureParser set, String signature, Optional<String> time, Optional<String> id) {

    ParsedSignature parsed() throws WebhookRejectedException {
      return set.parse(signature, time, id);
    }
  }

  @Override
  public ParsedSignature parse(SignedRequest request) throws WebhookRejectedException {
    SignatureParser identified = null;
    String identity = null;
    Found complete = null;
    List<Found> others = List.of();
    for (SignatureParser set : sets) {
      Optional<String> id = read(set.id(), request);
      if (id.isPresent()) {
        requireSame(identified, identity, set, id.get());
        identified = identified == null ? set : identified;
        identity = id.get();
      }
      Optional<Found> found = found(set, id, request);
      if (found.isPresent() && complete == null) {
        complete = found.get();
      } else if (found.isPresent()) {
        others = new ArrayList<>(others);
        others.add(found.get());
      }
    }
    if (complete == null) {
      throw new WebhookRejectedException(RejectionReason.SIGNATURE_MISSING, missing);
    }
    ParsedSignature first = complete.parsed();
    return others.isEmpty() ? first : withOthers(first, others);
  }

  /** Only one of several ids is signed; a reader of the other would trust an unsigned one. */
  private static void requireSame(
      SignatureParser identified, String identity, SignatureParser set, String id)
      throws WebhookRejectedException {
    if (identified != null && !id.equals(identity)) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MALFORMED,
          "headers "
              + identified.id().orElseThrow().name()
              + " and "
              + set.id().orElseThrow().name()
              + " contradict each other");
    }
  }

  /** Empty when the request lacks one of the set's places. */
  private static Optional<Found> found(
      SignatureParser set, Optional<String> id, SignedRequest request)
      throws WebhookRejectedException {
    if (set.id().isPresent() && id.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> signature = set.place().read(request);
    Optional<String> time = read(set.timestamp(), request);
    return signature.isEmpty() || (set.timestamp().isPresent() && time.isEmpty())
        ? Optional.empty()
        : Optional.of(new Found(set, signature.get(), time, id));
  }

  private static Optional<String> read(Optional<Place> place, SignedRequest request)
      throws WebhookRejectedException {
    return place.isPresent() ? place.get().read(request) : Optional.empty();
  }

  /** With the signatures of the other sets that cover the same, such as those of a second key. */
  private static ParsedSignature withOthers(ParsedSignature first, List<Found> others)
      throws WebhookRejectedException {
    List<byte[]> signatures = new ArrayList<>(first.signatures());
    for (Found found : others) {
      ParsedSignature other = found.parsed();
      if (other.id().equals(first.id()) && other.time().equals(first.time())) {
        signatures.addAll(other.signatures());
      }
    }
    return new ParsedSignature(first.id(), first.time(), signatures);
  }

  private static Stream<Place> places(SignatureParser set) {
    return Stream.of(set.id(), set.timestamp(), Optional.of(set.place())).flatMap(Optional::stream);
  }

  private static String beginning(Place place) {
    return place.name().substring(0, place.name().indexOf('-') + 1);
  }
}
