package hub.webhook.verify;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads {@code webhook-id}, {@code webhook-timestamp} and {@code webhook-signature}, or the same
 * under {@code svix-} when that set is the complete one. The signature header is a list of {@code
 * v1,<base64>} with spaces between; other versions (asymmetric {@code v1a}) are passed over.
 *
 * @see <a
 *     href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard
 *     Webhooks specification</a>
 */
final class StandardWebhooksParser implements ParsedSignature.Reader {
  private static final String VERSION = "v1,";

  @Override
  public ParsedSignature read(SignedRequest request) throws WebhookRejectedException {
    Family webhook = Family.read(request, "webhook");
    Family svix = Family.read(request, "svix");
    if (webhook.id.isPresent() && svix.id.isPresent() && !webhook.id.equals(svix.id)) {
      // Only one of them is signed: whoever reads the other would be led by a stranger.
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MALFORMED,
          "headers webhook-id and svix-id contradict each other");
    }
    return (svix.isComplete() && !webhook.isComplete() ? svix : webhook).claim();
  }

  private record Family(
      String prefix, Optional<String> id, Optional<String> timestamp, Optional<String> signature) {

    static Family read(SignedRequest request, String prefix) throws WebhookRejectedException {
      return new Family(
          prefix,
          request.header(prefix + "-id"),
          request.header(prefix + "-timestamp"),
          request.header(prefix + "-signature"));
    }

    boolean isComplete() {
      return id.isPresent() && timestamp.isPresent() && signature.isPresent();
    }

    ParsedSignature claim() throws WebhookRejectedException {
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
