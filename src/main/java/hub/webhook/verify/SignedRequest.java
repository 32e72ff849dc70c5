package hub.webhook.verify;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a signature is checked against.
 *
 * @param headers all values of the header of that name, whatever its case; empty or null: none
 * @param query likewise all values of the query parameter of that name, decoded
 * @param body the bytes exactly as received; used in place, not copied, never changed
 */
@SuppressWarnings("ArrayRecordComponent") // requests are not compared, and a copy would cost 1 MiB
public record SignedRequest(
    Function<String, List<String>> headers, Function<String, List<String>> query, byte[] body) {

  /** A request without a query. */
  public SignedRequest(Function<String, List<String>> headers, byte[] body) {
    this(headers, name -> List.of(), body);
  }

  /**
   * The one value of a header, without the white space around it; empty when absent or blank.
   *
   * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MALFORMED} when the header is
   *     given more than once, because what one reader checks, the next might not read
   */
  public Optional<String> header(String name) throws WebhookRejectedException {
    List<String> values = headers.apply(name);
    if (values == null || values.isEmpty()) {
      return Optional.empty();
    }
    if (values.size() > 1) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MALFORMED, "header " + name + " is given more than once");
    }
    String value = values.get(0);
    return value == null || value.isBlank() ? Optional.empty() : Optional.of(value.strip());
  }

  /**
   * As {@link #header}, for one that must be there.
   *
   * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MISSING} also when it is
   *     absent or blank
   */
  String requiredHeader(String name) throws WebhookRejectedException {
    Optional<String> value = header(name);
    if (value.isEmpty()) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MISSING, "header " + name + " is missing");
    }
    return value.get();
  }

  /**
   * The one value of a query parameter that must be there.
   *
   * @throws WebhookRejectedException as {@link #requiredHeader}
   */
  String requiredQuery(String name) throws WebhookRejectedException {
    List<String> values = query.apply(name);
    if (values == null || values.isEmpty() || values.get(0).isBlank()) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MISSING, "query parameter " + name + " is missing");
    }
    if (values.size() > 1) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MALFORMED,
          "query parameter " + name + " is given more than once");
    }
    return values.get(0).strip();
  }
}
