package hub.identity.token;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.call.http.UnfitValueException;
import hub.util.Json;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * {@code /api/auth/tokens}: gives access tokens to callers with the scope {@code tokens}; and
 * {@code /api/admin/tokens/rotate} for operators. Whoever waits for a provider holds no thread.
 */
final class TokensApi extends RouteBuilder {
  private static final String PERSON = "/api/auth/tokens/{provider}/{subject}";

  /** Whoever has more to do asks again, so that no connection is idle for long. */
  private static final Duration ROTATE = Duration.ofSeconds(10);

  private final TokenVault vault;
  private final KeyRotation rotation;

  TokensApi(TokenVault vault, KeyRotation rotation) {
    this.vault = vault;
    this.rotation = rotation;
  }

  @Override
  public void configure() {
    // A refusal is an answer, not a failure to be logged.
    errorHandler(noErrorHandler());
    route("GET", PERSON, "tokens-get", "Gives a person's access token.")
        .process(new Later(tokenOwner -> vault.current(tokenOwner).thenApply(TokensApi::written)));
    route("POST", PERSON + "/refresh", "tokens-refresh", "Has the provider give another one.")
        .process(new Later(tokenOwner -> vault.renewed(tokenOwner).thenApply(TokensApi::written)));
    route("DELETE", PERSON, "tokens-forget", "Revokes and deletes a person's tokens.")
        .process(
            new Later(
                tokenOwner ->
                    vault.forgotten(tokenOwner).thenApply(known -> gone(tokenOwner, known))));
    route(
            "POST",
            "/api/admin/tokens/rotate",
            "admin-rotate-keys",
            "Puts all tokens under the newest key.")
        .process(exchange -> answer(exchange, Json.bytes(rotated(rotation.run(ROTATE)))));
  }

  private RouteDefinition route(String method, String path, String id, String description) {
    return from("platform-http:" + path + "?useBodyHandler=false&httpMethodRestrict=" + method)
        .routeId(id)
        .routeDescription(description);
  }

  private static byte[] written(AccessToken token) {
    return Json.bytes(
        Json.object()
            .put("accessToken", token.value())
            .put("expiresAt", token.expiresAt().map(Json::time).orElse(null))
            .put("scope", token.scope()));
  }

  private static byte[] gone(TokenOwner tokenOwner, boolean known) {
    if (!known) {
      throw NoTokenException.unknown(tokenOwner);
    }
    return new byte[0];
  }

  private static ObjectNode rotated(KeyRotation.Outcome outcome) {
    ObjectNode answer =
        Json.object()
            .put("count", outcome.count())
            .put("unreadable", outcome.unreadable())
            .put("remaining", outcome.remaining())
            .put("newest", outcome.newest());
    ObjectNode keys = answer.putObject("keys");
    outcome.keys().forEach(keys::put);
    return answer;
  }

  private static void answer(Exchange exchange, byte[] body) {
    Message message = exchange.getMessage();
    message.removeHeaders("*");
    if (body.length == 0) {
      message.setBody(null);
      message.setHeader(Exchange.HTTP_RESPONSE_CODE, 204);
    } else {
      message.setHeader(Exchange.CONTENT_TYPE, "application/json");
      message.setBody(body);
    }
  }

  /** A step whose answer comes when the vault has it. */
  private static final class Later extends AsyncProcessorSupport {
    private final Function<TokenOwner, CompletableFuture<byte[]>> asked;

    Later(Function<TokenOwner, CompletableFuture<byte[]>> asked) {
      this.asked = asked;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      HttpMessage message = exchange.getMessage(HttpMessage.class);
      // Camel would keep it from the answer as a header of the message.
      message.getResponse().putHeader("Cache-Control", "no-store");
      TokenOwner tokenOwner;
      try {
        tokenOwner = person(message);
      } catch (UnfitValueException e) {
        exchange.setException(e);
        callback.done(true);
        return true;
      }
      asked
          .apply(tokenOwner)
          .whenComplete(
              (body, error) -> {
                if (error == null) {
                  answer(exchange, body);
                } else {
                  exchange.setException(TokenVault.unwrapped(error));
                }
                callback.done(false);
              });
      return false;
    }

    private static TokenOwner person(HttpMessage message) {
      return new TokenOwner(
          UnfitValueException.line("provider", message.getHeader("provider", String.class)),
          UnfitValueException.line("subject", message.getHeader("subject", String.class)));
    }
  }
}
