package hub.identity.login;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.Tokens;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import hub.call.http.ProviderResponse;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.identity.token.TokenSet;
import hub.util.Json;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Reads answers of token endpoints. */
final class TokenAnswer {
  /** The characters of a token (RFC 6749, A.12). */
  private static final String PRINTABLE = "[\\x20-\\x7E]+";

  /** Longer lifetimes are cut: databases do not support such times. */
  private static final long MAX_LIFETIME_SECONDS = Duration.ofDays(3650).toSeconds();

  private TokenAnswer() {}

  /**
   * @throws CallFailedException when the answer contains no valid token
   */
  static AccessTokenResponse read(LoginProvider provider, ProviderResponse response) {
    ObjectNode fields =
        TokenFields.read(response.body())
            .orElseThrow(() -> noToken(provider, "its answer is no token"));
    Optional<String> complaint = TokenFields.normalize(fields);
    if (complaint.isPresent()) {
      throw noToken(provider, "the token answer " + complaint.get());
    }
    try {
      TokenResponse answer = OIDCTokenResponseParser.parse(normalized(response.status(), fields));
      if (answer.indicatesSuccess() && isSendable(answer.toSuccessResponse().getTokens())) {
        return answer.toSuccessResponse();
      }
    } catch (ParseException e) {
      // Dropped: its message may contain a token.
    }
    throw noToken(provider, "its answer is no token");
  }

  /** With the content type that the parser requires: some providers send JSON under another one. */
  private static HTTPResponse normalized(int status, ObjectNode fields) throws ParseException {
    HTTPResponse response = new HTTPResponse(status);
    response.setContentType("application/json");
    response.setBody(Json.text(fields));
    return response;
  }

  private static CallFailedException noToken(LoginProvider provider, String what) {
    return new CallFailedException(
        provider.calledAs(), CallFailure.of(CallOutcome.UNAVAILABLE, what), null);
  }

  /**
   * HttpClient quotes an invalid header value in its exception, so a token with a line break would
   * leak into logs.
   */
  private static boolean isSendable(Tokens tokens) {
    return tokens.getAccessToken().getValue().matches(PRINTABLE)
        && (tokens.getRefreshToken() == null
            || tokens.getRefreshToken().getValue().matches(PRINTABLE));
  }

  /** The tokens for the vault. */
  static TokenSet tokens(AccessTokenResponse answer, Clock clock) {
    AccessToken token = answer.getTokens().getAccessToken();
    return new TokenSet(
        token.getValue(),
        Optional.ofNullable(answer.getTokens().getRefreshToken())
            .map(refresh -> refresh.getValue()),
        token.getLifetime() > 0
            ? Optional.of(
                clock.instant().plusSeconds(Math.min(token.getLifetime(), MAX_LIFETIME_SECONDS)))
            : Optional.empty(),
        Optional.ofNullable(token.getScope()).map(Scope::toString).orElse(""));
  }
}
