package hub.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.config.Setting;
import hub.config.Settings;
import hub.http.SourceAddress;
import hub.http.SourceAddresses;
import hub.http.auth.ApiKeys;
import hub.http.auth.Operator;
import hub.http.auth.WrongKeyLimiter;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.identity.session.SessionCookie;
import hub.identity.session.Sessions;
import hub.util.Json;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a session for the operators' key, ends it, and shows who is signed in. */
public final class SignIn extends JsonRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(SignIn.class);

  private final ApiKeys keys;
  private final Sessions sessions;
  private final OperatorList operators;
  private final SessionCookie cookie;
  private final SourceAddresses sources;
  private final WrongKeyLimiter wrong;

  public SignIn(
      ApiKeys keys,
      Sessions sessions,
      OperatorList operators,
      Settings settings,
      SourceAddresses sources,
      WrongKeyLimiter wrong) {
    this.keys = keys;
    this.sessions = sessions;
    this.operators = operators;
    this.cookie = new SessionCookie(settings.text(Setting.PUBLIC_URL));
    this.sources = sources;
    this.wrong = wrong;
  }

  @Override
  public void configure() {
    from("platform-http:/console/sign-in?useBodyHandler=false&httpMethodRestrict=POST")
        .errorHandler(noErrorHandler())
        .routeId("console-sign-in")
        .routeDescription("Opens a session for the operators' key.")
        .process(this::signIn);
    from("platform-http:/console/sign-out?useBodyHandler=false&httpMethodRestrict=POST")
        .errorHandler(noErrorHandler())
        .routeId("console-sign-out")
        .routeDescription("Ends the session of the request's cookie.")
        .process(this::signOut);
    get("/me", "admin-show-me", "Shows who is signed in.", exchange -> json(operator(exchange)));
  }

  private void signIn(Exchange exchange) {
    HttpServerRequest request = request(exchange);
    operators.requireOwnPage(request);
    SourceAddress source = sources.of(request);
    RequestFields fields =
        RequestFields.ofJson(exchange.getMessage().getBody(byte[].class), Set.of("key"), Set.of());
    if (fields.text("key").isEmpty()) {
      fields.fault("key", "missing");
    }
    fields.refuseFaults();
    if (!keys.opensOperation(fields.text("key").orElseThrow())) {
      Problem refusal =
          wrong.note(
              source,
              Problem.of(401, "key-wrong", "This is not the operators' key; see HUB_ADMIN_KEY."));
      LOG.warn("console=sign-in outcome={} address={}", refusal.reason(), source.text());
      throw new ProblemException(refusal);
    }
    String session = sessions.replace(sessionId(request), operators.keyHolder());
    LOG.info("console=sign-in outcome=done address={}", source.text());
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader("Set-Cookie", cookie.set(session));
    exchange.getMessage().setHeader("Cache-Control", "no-store");
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    exchange.getMessage().setBody(Json.bytes(json(operators.keyOperator())));
  }

  private void signOut(Exchange exchange) {
    operators.requireOwnPage(request(exchange));
    sessions.end(sessionId(request(exchange)));
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader("Set-Cookie", cookie.clear());
    exchange.getMessage().setHeader("Cache-Control", "no-store");
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 204);
    exchange.getMessage().setBody(null);
  }

  private String sessionId(HttpServerRequest request) {
    return cookie.read(request).orElse("");
  }

  private static ObjectNode json(Operator operator) {
    ObjectNode json =
        Json.object().put("name", operator.name()).put("role", operator.role().text());
    return operator.id().equals(operator.name()) ? json : json.put("id", operator.id());
  }
}
