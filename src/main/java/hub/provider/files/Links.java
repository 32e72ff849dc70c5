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
 * Makes addresses with which somebody without a key may store or fetch one file for a while. Made
 * here, without asking the store; {@code aws2-s3:} has such operations too, but binds no content
 * type. Thread-safe.
 */
final class Links {
  private static final long USUAL_SECONDS = 3_600;

  private final FilesSettings settings;
  private final S3Clients clients;
  private S3Presigner presigner;

  Links(FilesSettings settings, S3Clients clients) {
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

  /** To PUT a file; where a content type is asked for, only with that one. */
  Processor upload() {
    return exchange -> {
      Wish wish = Wish.of(exchange);
      answer(
          exchange,
          presigner()
              .presignPutObject(
                  link ->
                      link.signatureDuration(wish.time())
                          .putObjectRequest(
                              file ->
                                  file.bucket(settings.bucket())
                                      .key(wish.key().text())
                                      .contentType(wish.contentType().orElse(null)))));
    };
  }

  /** To GET a file; where a content type is asked for, it comes as that. */
  Processor download() {
    return exchange -> {
      Wish wish = Wish.of(exchange);
      answer(
          exchange,
          presigner()
              .presignGetObject(
                  link ->
                      link.signatureDuration(wish.time())
                          .getObjectRequest(
                              file ->
                                  file.bucket(settings.bucket())
                                      .key(wish.key().text())
                                      .responseContentType(wish.contentType().orElse(null)))));
    };
  }

  private static void answer(Exchange exchange, PresignedRequest link) {
    ObjectNode body =
        Json.object()
            .put("url", link.url().toString())
            .put("method", link.httpRequest().method().name());
    ObjectNode headers = body.putObject("headers");
    for (Map.Entry<String, List<String>> header : link.signedHeaders().entrySet()) {
      // The host is in the address.
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

  /** What the request's body, checked already, asks for. */
  private record Wish(FileKey key, Optional<String> contentType, Duration time) {
    static Wish of(Exchange exchange) {
      Map<?, ?> body = exchange.getMessage().getBody(Map.class);
      Object type = body.get("contentType");
      Object seconds = body.get("expiresInSeconds");
      return new Wish(
          new FileKey(body.get("key").toString()),
          Optional.ofNullable(type).map(Object::toString),
          Duration.ofSeconds(seconds == null ? USUAL_SECONDS : ((Number) seconds).longValue()));
    }
  }
}
