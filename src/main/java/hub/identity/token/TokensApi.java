package hub.identity.token;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.call.http.UnfitValueException;
import hub.util.Json;
import hub.util.step.FutureStep;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.apache.camel.model.RouteDefinition;

/**
 * {@code /api/auth/tokens}: access tokens for callers with the scope {@code tokens}; and {@code
 * /api/admin/tokens/rotate} for operators. No thread is held while a provider is asked.
 */
final class TokensApi extends RouteBuilder {
  private static final String PERSON = "/api/auth/tokens/{provider}/{subject}";

  /**
   * Limit of one request; the caller repeats it while rows remain, so that no connection is idle
   * for long.
   */
  private static final Duration ROTATION_TIME = Duration.ofSeconds(10);

  private final TokenVault vault;
  private final KeyRotation rotation;

  TokensApi(TokenVault vault, KeyRotation rotation) {
    this.vault = vault;
    this.rotation = rotation;
  }

  @Override
  public void configure() {
    // A problem is an answer, not an error to log.
    errorHandler(noErrorHandler());
    route("GET", PERSON, "tokens-get", "Gives a person's access token.")
        .process(step(owner -> vault.current(owner).thenApply(TokensApi::written)));
    route(
            "POST",
            PERSON + "/refresh",
            "tokens-refresh",
            "Has the provider issue a new access token.")
        .process(step(owner -> vault.renewed(owner).thenApply(TokensApi::written)));
    route("DELETE", PERSON, "tokens-forget", "Revokes and deletes a person's tokens.")
        .process(step(owner -> vault.forgotten(owner).thenApply(known -> gone(owner, known))));
    route(
            "POST",
            "/api/admin/tokens/rotate",
            "admin-rotate-keys",
            "Encrypts all tokens with the newest key.")
        .process(exchange -> answer(exchange, Json.bytes(rotated(rotation.run(ROTATION_TIME)))));
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

  private static byte[] gone(TokenOwner owner, boolean known) {
    if (!known) {
      throw NoTokenException.unknown(owner);
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

  /**
   * A step that answers when {@code call} completes.
   *
   * @param call makes the answer's body for the owner in the path
   */
  private static FutureStep step(Function<TokenOwner, CompletableFuture<byte[]>> call) {
    return new FutureStep(
        exchange -> {
          HttpMessage message = exchange.getMessage(HttpMessage.class);
          // On the response itself: Camel would drop it as a header of the message.
          message.getResponse().putHeader("Cache-Control", "no-store");
          return call.apply(owner(message)).thenAccept(body -> answer(exchange, body));
        });
  }

  private static TokenOwner owner(HttpMessage message) {
    TokenOwner owner =
        new TokenOwner(
            UnfitValueException.line("provider", message.getHeader("provider", String.class)),
            UnfitValueException.line("subject", message.getHeader("subject", String.class)));
    if (owner.isApplication()) {
      throw NoTokenException.unknown(owner);
    }
    return owner;
  }
}
