package hub.webhook.verify;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The parts of a request that a signature may cover.
 *
 * @param headers returns all values of a header, ignoring the case of its name; empty or null: none
 * @param query returns all values of a query parameter, decoded; likewise
 * @param body the bytes exactly as received; not copied, and must not be changed
 */
@SuppressWarnings("ArrayRecordComponent") // requests are not compared, and a copy would cost 1 MiB
public record SignedRequest(
    Function<String, List<String>> headers, Function<String, List<String>> query, byte[] body) {

  /** A request without a query. */
  public SignedRequest(Function<String, List<String>> headers, byte[] body) {
    this(headers, name -> List.of(), body);
  }

  /**
   * The value of a header, stripped; empty when it is absent or blank.
   *
   * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MALFORMED} when the header is
   *     given more than once, because different programs may read different ones
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
   * The value of a required header, stripped.
   *
   * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MISSING} when it is absent or
   *     blank; else as {@link #header}
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
   * The value of a required query parameter, stripped.
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
