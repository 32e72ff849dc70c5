package hub.webhook.verify;

import java.util.List;
import java.util.Map;
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
    Function<String, List<String>> headers,
    Function<String, List<String>> query,
    byte[] body,
    Details details) {

  /** What few schemes sign or read. */
  public interface Details {
    /** Nothing: for schemes that need a header and the body. */
    Details NONE =
        new Details() {
          @Override
          public String method() {
            return "";
          }

          @Override
          public String url() {
            return "";
          }

          @Override
          public String path() {
            return "";
          }

          @Override
          public String query() {
            return "";
          }

          @Override
          public boolean isForm() {
            return false;
          }

          @Override
          public List<Map.Entry<String, String>> form() {
            return List.of();
          }

          @Override
          public Optional<String> json(String path) {
            return Optional.empty();
          }
        };

    /** {@code GET} or {@code POST}. */
    String method();

    /** The public address that the sender called, with path and query as they were sent. */
    String url();

    /** The path as it was sent. */
    String path();

    /** The query as it was sent, without {@code ?}; empty when there is none. */
    String query();

    /** Whether the body is a form. */
    boolean isForm();

    /** Names and values of the body's form, decoded, as they follow; none when it is no form. */
    List<Map.Entry<String, String>> form();

    /** All values of a form's field. */
    default List<String> form(String name) {
      return form().stream()
          .filter(field -> field.getKey().equals(name))
          .map(Map.Entry::getValue)
          .toList();
    }

    /** The text, number or boolean at a JSONPath of the event; empty when there is none. */
    Optional<String> json(String path);
  }

  /** A request that has a header and a body alone. */
  public SignedRequest(Function<String, List<String>> headers, byte[] body) {
    this(headers, name -> List.of(), body, Details.NONE);
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
}
