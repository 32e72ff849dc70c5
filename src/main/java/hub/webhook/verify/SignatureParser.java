package hub.webhook.verify;

import java.util.List;
import java.util.Optional;

/**
 * Parses the signature, the signed time and the signed id of one set of places. The signature's
 * text is the signature, or a list of fields such as {@code t=<unix seconds>,v1=<hex>,v1=<hex>}, of
 * which other names are skipped.
 *
 * @param fields empty: the text is the signature
 * @param field name of the fields with signatures
 * @param timestampField name of the field with the time; empty: none
 * @param timestamp where the time is otherwise
 */
record SignatureParser(
    Place place,
    String prefix,
    Optional<SignatureFields> fields,
    String field,
    String assign,
    SignatureEncoding encoding,
    String timestampField,
    Optional<Place> timestamp,
    SignedTime.Unit timestampUnit,
    Optional<Place> id)
    implements ParsedSignature.Parser {

  /**
   * @param field name of the fields with signatures, with its variables filled in
   */
  static SignatureParser of(WebhookScheme scheme, WebhookScheme.Places places, String field) {
    WebhookScheme.Format format = scheme.format();
    String timestampField = places.timestampField();
    return new SignatureParser(
        Place.of(places.signature()),
        format.prefix(),
        field.isEmpty() ? Optional.empty() : Optional.of(SignatureFields.of(format)),
        field,
        format.assign(),
        SignatureEncoding.named(format.encoding()),
        timestampField,
        timestampField.isEmpty() ? place(places.timestamp()) : Optional.empty(),
        SignedTime.Unit.named(scheme.signed().timestampUnit()),
        place(places.id()));
  }

  private static Optional<Place> place(String expression) {
    return expression.isEmpty() ? Optional.empty() : Optional.of(Place.of(expression));
  }

  @Override
  public ParsedSignature parse(SignedRequest request) throws WebhookRejectedException {
    String text = place.required(request);
    Optional<String> time =
        timestamp.isPresent() ? Optional.of(timestamp.get().required(request)) : Optional.empty();
    Optional<String> signedId =
        id.isPresent() ? Optional.of(id.get().required(request)) : Optional.empty();
    return parse(text, time, signedId);
  }

  /**
   * @param written the text at the signature's place
   * @param writtenTime the text at the time's place
   */
  ParsedSignature parse(String written, Optional<String> writtenTime, Optional<String> signedId)
      throws WebhookRejectedException {
    if (!written.startsWith(prefix)) {
      throw malformed("does not begin with " + prefix);
    }
    String text = written.substring(prefix.length());
    if (fields.isEmpty()) {
      return parsed(signedId, timestamp, writtenTime, List.of(text));
    }
    List<SignatureFields.Field> all = fields.get().parse(text);
    Optional<String> fieldTime =
        timestampField.isEmpty() ? writtenTime : Optional.of(time(fields.get(), all));
    List<String> signatures = fields.get().values(all, field);
    if (signatures.isEmpty()) {
      throw malformed("holds no " + field + assign);
    }
    return parsed(
        signedId, timestampField.isEmpty() ? timestamp : Optional.of(place), fieldTime, signatures);
  }

  private ParsedSignature parsed(
      Optional<String> signedId,
      Optional<Place> timePlace,
      Optional<String> time,
      List<String> signatures)
      throws WebhookRejectedException {
    return new ParsedSignature(
        signedId,
        time.isPresent()
            ? Optional.of(
                SignedTime.parse(timePlace.orElseThrow().title(), time.get(), timestampUnit))
            : Optional.empty(),
        ParsedSignature.decoded(place.title(), encoding, signatures));
  }

  private String time(SignatureFields form, List<SignatureFields.Field> all)
      throws WebhookRejectedException {
    List<String> times = form.values(all, timestampField);
    if (times.size() > 1) {
      throw malformed("holds more than one " + timestampField + assign);
    }
    if (times.isEmpty()) {
      throw malformed("holds no " + timestampField + assign);
    }
    return times.get(0);
  }

  private WebhookRejectedException malformed(String what) {
    return new WebhookRejectedException(
        RejectionReason.SIGNATURE_MALFORMED, place.title() + " " + what);
  }
}
