package hub.provider.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import software.amazon.awssdk.awscore.presigner.PresignedRequest;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Makes presigned links, with which a client without a key may upload or download one file for a
 * limited time. Signs them locally; {@code aws2-s3:} has such operations too, but they do not bind
 * a content type. Thread-safe.
 */
final class PresignedLinks {
  private static final long DEFAULT_SECONDS = 3_600;

  private final FilesSettings settings;
  private final S3Clients clients;
  private S3Presigner presigner;

  PresignedLinks(FilesSettings settings, S3Clients clients) {
    this.settings = settings;
    this.clients = clients;
  }

  private synchronized S3Presigner presigner() {
    if (presigner == null) {
      settings.require();
      presigner = clients.presigner();
    }
    return presigner;
  }

  /** A link to PUT a file; with a content type, only with that one. */
  Processor upload() {
    return exchange -> {
      LinkRequest wanted = LinkRequest.of(exchange);
      answer(
          exchange,
          presigner()
              .presignPutObject(
                  link ->
                      link.signatureDuration(wanted.time())
                          .putObjectRequest(
                              file ->
                                  file.bucket(settings.bucket())
                                      .key(wanted.key().text())
                                      .contentType(wanted.contentType().orElse(null)))));
    };
  }

  /** A link to GET a file; with a content type, the response has that one. */
  Processor download() {
    return exchange -> {
      LinkRequest wanted = LinkRequest.of(exchange);
      answer(
          exchange,
          presigner()
              .presignGetObject(
                  link ->
                      link.signatureDuration(wanted.time())
                          .getObjectRequest(
                              file ->
                                  file.bucket(settings.bucket())
                                      .key(wanted.key().text())
                                      .responseContentType(wanted.contentType().orElse(null)))));
    };
  }

  private static void answer(Exchange exchange, PresignedRequest link) {
    ObjectNode body =
        Json.object()
            .put("url", link.url().toString())
            .put("method", link.httpRequest().method().name());
    ObjectNode headers = body.putObject("headers");
    for (Map.Entry<String, List<String>> header : link.signedHeaders().entrySet()) {
      // The address contains the host.
      if (!header.getKey().toLowerCase(Locale.ROOT).equals("host")) {
        headers.put(header.getKey(), String.join(",", header.getValue()));
      }
    }
    body.put("expiresAt", link.expiration().truncatedTo(ChronoUnit.SECONDS).toString());
    Message message = exchange.getMessage();
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
    message.setHeader(Exchange.CONTENT_TYPE, "application/json");
    message.setBody(Json.bytes(body));
  }

  /** The request's body, already validated. */
  private record LinkRequest(FileKey key, Optional<String> contentType, Duration time) {
    static LinkRequest of(Exchange exchange) {
      Map<?, ?> body = exchange.getMessage().getBody(Map.class);
      Object type = body.get("contentType");
      Object seconds = body.get("expiresInSeconds");
      return new LinkRequest(
          new FileKey(body.get("key").toString()),
          Optional.ofNullable(type).map(Object::toString),
          Duration.ofSeconds(seconds == null ? DEFAULT_SECONDS : ((Number) seconds).longValue()));
    }
  }
}
