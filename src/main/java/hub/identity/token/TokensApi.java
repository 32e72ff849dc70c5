package hub.identity.token;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.call.http.UnfitValueException;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.util.Form;
import hub.util.Json;
import hub.util.step.FutureStep;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.apache.camel.model.RouteDefinition;

/**
 * {@code /api/auth/tokens}: access tokens for callers with the scope {@code tokens}; and for
 * operators {@code /api/admin/tokens/rotate} and {@code /api/admin/dead-tokens}. No thread is held
 * while a provider is asked.
 */
final class TokensApi extends RouteBuilder {
  private static final String PERSON = "/api/auth/tokens/{provider}/{subject}";

  /**
   * Limit of one request; the caller repeats it while rows remain, so that no connection is idle
   * for long.
   */
  private static final Duration ROTATION_TIME = Duration.ofSeconds(10);

  /** More people than anybody reads; what is beyond is told by {@code complete}. */
  private static final int MAX_DEAD = 200;

  private final TokenVault vault;
  private final KeyRotation rotation;
  private final TokenTable table;

  TokensApi(TokenVault vault, KeyRotation rotation, TokenTable table) {
    this.vault = vault;
    this.rotation = rotation;
    this.table = table;
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
    route(
            "GET",
            "/api/admin/dead-tokens",
            "admin-list-dead-tokens",
            "Lists the people who have to log in again.")
        .process(
            exchange -> {
              noParameters(exchange);
              answer(exchange, Json.bytes(dead(table.dead(MAX_DEAD + 1))));
            });
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

  private static ObjectNode dead(List<TokenTable.Dead> found) {
    ObjectNode answer = Json.object().put("complete", found.size() <= MAX_DEAD);
    ArrayNode tokens = answer.putArray("tokens");
    for (TokenTable.Dead one : found.subList(0, Math.min(found.size(), MAX_DEAD))) {
      TokenOwner owner = one.owner();
      tokens
          .addObject()
          .put("provider", owner.provider())
          .put("subject", owner.subject())
          .put("since", one.since().map(Json::time).orElse(null))
          .put("reason", one.event().flatMap(TokensApi::reason).orElse(null))
          .put("login", "/api/auth/" + owner.provider() + "/login");
    }
    return answer;
  }

  private static Optional<String> reason(byte[] event) {
    return Json.parse(event).map(payload -> payload.path("reason").asText(null));
  }

  private static void noParameters(Exchange exchange) {
    Form query = Form.parse(exchange.getMessage(HttpMessage.class).getRequest().query());
    if (!query.fields().isEmpty()) {
      throw new ProblemException(
          Problem.of(
              400,
              "payload-invalid",
              String.join(", ", query.fields().keySet()) + ": unknown parameter."));
    }
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
