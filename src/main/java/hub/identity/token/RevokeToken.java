package hub.identity.token;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.util.Base64;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Revokes the encrypted token in the body at its provider. The token itself is never in the
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

  /** Makes the body for a token, which is encrypted in it. */
  static byte[] body(TokenCipher cipher, TokenOwner owner, String token) {
    byte[] encrypted = cipher.encrypt(owner, TokenCipher.TO_REVOKE, token);
    return Json.bytes(
        Json.object()
            .put(PROVIDER, owner.provider())
            .put(SUBJECT, owner.subject())
            .put(KEY, cipher.keyId())
            .put(SEALED, Base64.getEncoder().encodeToString(encrypted)));
  }

  @Override
  public void process(Exchange exchange) {
    JsonNode kept = Json.own(exchange.getMessage().getBody(String.class));
    TokenOwner owner = new TokenOwner(kept.path(PROVIDER).asText(), kept.path(SUBJECT).asText());
    byte[] encrypted = Base64.getDecoder().decode(kept.path(SEALED).asText());
    String token =
        tokenCodec
            .cipher()
            .decrypt(owner, TokenCipher.TO_REVOKE, kept.path(KEY).asText(), encrypted);
    endpoint.get().revoke(owner.provider(), token);
  }
}
