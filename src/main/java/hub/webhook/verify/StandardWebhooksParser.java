package hub.webhook.verify;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * Parses {@code webhook-id}, {@code webhook-timestamp} and {@code webhook-signature}, or the same
 * headers with {@code svix-} when only those are complete. The signature header is a list of {@code
 * v1,<base64>}, separated by spaces; other versions (asymmetric {@code v1a}) are skipped.
 *
 * @see <a
 *     href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard
 *     Webhooks specification</a>
 */
final class StandardWebhooksParser implements ParsedSignature.Parser {
  private static final String VERSION = "v1,";

  @Override
  public ParsedSignature parse(SignedRequest request) throws WebhookRejectedException {
    HeaderSet webhook = HeaderSet.read(request, "webhook");
    HeaderSet svix = HeaderSet.read(request, "svix");
    if (webhook.id.isPresent() && svix.id.isPresent() && !webhook.id.equals(svix.id)) {
      // Only one of them is signed; a reader of the other would trust an unsigned id.
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MALFORMED,
          "headers webhook-id and svix-id contradict each other");
    }
    return (svix.isComplete() && !webhook.isComplete() ? svix : webhook).parse();
  }

  private record HeaderSet(
      String prefix, Optional<String> id, Optional<String> timestamp, Optional<String> signature) {

    static HeaderSet read(SignedRequest request, String prefix) throws WebhookRejectedException {
      return new HeaderSet(
          prefix,
          request.header(prefix + "-id"),
          request.header(prefix + "-timestamp"),
          request.header(prefix + "-signature"));
    }

    boolean isComplete() {
      return id.isPresent() && timestamp.isPresent() && signature.isPresent();
    }

    ParsedSignature parse() throws WebhookRejectedException {
      if (!isComplete()) {
        throw new WebhookRejectedException(
            RejectionReason.SIGNATURE_MISSING,
            "headers webhook-id, webhook-timestamp and webhook-signature, or the same with svix-,"
                + " are not all there");
      }
      String header = prefix + "-signature";
      return new ParsedSignature(
          id,
          Optional.of(SignedTime.parse(prefix + "-timestamp", timestamp.get())),
          ParsedSignature.decoded(
              "header " + header,
              SignatureEncoding.BASE64,
              Stream.of(signature.get().split(" ", -1))
                  .filter(entry -> entry.startsWith(VERSION))
                  .map(entry -> entry.substring(VERSION.length()))
                  .toList()));
    }
  }
}
