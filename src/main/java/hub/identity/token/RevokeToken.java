package hub.identity.token;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.util.Base64;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Asks the provider to revoke the token that the body holds, sealed; nothing of it shows in the
 * exchange. Thread-safe.
 */
final class RevokeToken implements Processor {
  private static final String PROVIDER = "provider";
  private static final String SUBJECT = "subject";
  private static final String KEY = "key";
  private static final String SEALED = "sealed";

  private final TokenCodec tokenCodec;
  private final Supplier<TokenEndpoint> endpoint;

  RevokeToken(TokenCodec tokenCodec, Supplier<TokenEndpoint> endpoint) {
    this.tokenCodec = tokenCodec;
    this.endpoint = endpoint;
  }

  /** The body that holds a token; nobody without the key can read it. */
  static byte[] body(TokenCipher cipher, TokenOwner tokenOwner, String token) {
    byte[] sealed = cipher.seal(tokenOwner, TokenCipher.TO_REVOKE, token);
    return Json.bytes(
        Json.object()
            .put(PROVIDER, tokenOwner.provider())
            .put(SUBJECT, tokenOwner.subject())
            .put(KEY, cipher.keyId())
            .put(SEALED, Base64.getEncoder().encodeToString(sealed)));
  }

  @Override
  public void process(Exchange exchange) {
    JsonNode kept = Json.own(exchange.getMessage().getBody(String.class));
    TokenOwner tokenOwner =
        new TokenOwner(kept.path(PROVIDER).asText(), kept.path(SUBJECT).asText());
    byte[] sealed = Base64.getDecoder().decode(kept.path(SEALED).asText());
    String token =
        tokenCodec
            .cipher()
            .open(tokenOwner, TokenCipher.TO_REVOKE, kept.path(KEY).asText(), sealed);
    endpoint.get().revoke(tokenOwner.provider(), token);
  }
}
