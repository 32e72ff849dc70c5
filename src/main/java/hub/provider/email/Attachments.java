package hub.provider.email;

import hub.config.Settings;
import java.io.IOException;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The steps that read an e-mail's files from the storage, in memory and no further than {@code
 * hub.email.attachments-max-bytes}. In the registry as {@code attachments}. Thread-safe.
 *
 * <p>In Java, because of a file that is too large no more is downloaded than the limit.
 */
public final class Attachments {
  private static final String MAX_BYTES = "hub.email.attachments-max-bytes";

  private static final String UNKNOWN_TYPE = "application/octet-stream";

  private final Settings settings;
  private final EmailSettings email;

  Attachments(Settings settings, EmailSettings email) {
    this.settings = settings;
    this.email = email;
  }

  /** The files that the queued e-mail in the body asks for, none of them read. */
  public AttachedFiles begin(Exchange exchange) {
    return new AttachedFiles(
        Mail.of(exchange.getMessage().getBody(byte[].class)).attachments(),
        settings.count(MAX_BYTES));
  }

  /** Sets the key of the next file. */
  Processor ask() {
    return exchange -> {
      // The cache would read the whole of a file, however large.
      exchange.getExchangeExtension().setStreamCacheDisabled(true);
      exchange.getMessage().setBody(null);
      exchange.getMessage().setHeader(AWS2S3Constants.KEY, of(exchange).next().key());
    };
  }

  /** Reads the file that the storage answered with; of one that is too large, not more. */
  Processor keep() {
    return exchange -> {
      AttachedFiles files = of(exchange);
      try (ResponseInputStream<?> stream =
          exchange.getMessage().getBody(ResponseInputStream.class)) {
        byte[] bytes = read(stream, files.left() + 1);
        String stored = ((GetObjectResponse) stream.response()).contentType();
        files.add(type(files.next(), stored), bytes);
      }
    };
  }

  private static byte[] read(ResponseInputStream<?> stream, int most) throws IOException {
    byte[] bytes = stream.readNBytes(most);
    if (bytes.length == most) {
      // Closing would read the rest.
      stream.abort();
    }
    return bytes;
  }

  private static String type(MailAttachment file, String stored) {
    return file.contentType()
        .or(() -> Optional.ofNullable(stored).filter(AttachmentRules::isContentType))
        .orElse(UNKNOWN_TYPE);
  }

  /** Notes that the storage does not have the file. */
  Processor miss() {
    return exchange -> of(exchange).miss();
  }

  /** Refuses a file that is missing, and files that are too large together. */
  Processor check() {
    return exchange -> {
      exchange.getMessage().removeHeaders("CamelAwsS3*");
      if (of(exchange).isMissing()) {
        throw new AttachmentFailedException(
            "the attachment "
                + of(exchange).next().key()
                + " is not in the file storage; store it, and replay the event");
      }
      if (of(exchange).left() < 0) {
        throw new AttachmentFailedException(
            "the attachments have more than "
                + settings.count(MAX_BYTES)
                + " bytes together; see hub.email.attachments-max-bytes");
      }
    };
  }

  /** Refuses an e-mail with files that its transport would send without them. */
  Processor checkTransport() {
    return exchange -> {
      Optional<String> obstacle = email.attachmentObstacle();
      if (obstacle.isPresent()
          && !Mail.of(exchange.getMessage().getBody(byte[].class)).attachments().isEmpty()) {
        throw new AttachmentFailedException(obstacle.get());
      }
    };
  }

  private static AttachedFiles of(Exchange exchange) {
    return exchange.getVariable(AttachedFiles.VARIABLE, AttachedFiles.class);
  }
}
