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
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.identity.token.TokenSet;
import hub.util.Json;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Reads what a token endpoint answered. */
final class TokenAnswer {
  /** What a token is made of (RFC 6749, A.12). */
  private static final String SENDABLE = "[\\x20-\\x7E]+";

  /** Longer is as good as for ever, and no database has such times. */
  private static final long MOST_SECONDS = Duration.ofDays(3650).toSeconds();

  private TokenAnswer() {}

  /**
   * @throws CallFailedException when it is no token
   */
  static AccessTokenResponse read(LoginProvider provider, HTTPResponse response) {
    ObjectNode fields =
        TokenFields.read(
                Optional.ofNullable(response.getBody()).orElse("").getBytes(StandardCharsets.UTF_8))
            .orElseThrow(() -> noToken(provider, "its answer is no token"));
    Optional<String> complaint = TokenFields.mend(fields);
    if (complaint.isPresent()) {
      throw noToken(provider, "the token answer " + complaint.get());
    }
    response.setBody(Json.text(fields));
    try {
      TokenResponse answer = OIDCTokenResponseParser.parse(response);
      if (answer.indicatesSuccess() && isSendable(answer.toSuccessResponse().getTokens())) {
        return answer.toSuccessResponse();
      }
    } catch (ParseException e) {
      // Its message may show what could not be read.
    }
    throw noToken(provider, "its answer is no token");
  }

  private static CallFailedException noToken(LoginProvider provider, String what) {
    return new CallFailedException(
        provider.calledAs(), CallFailure.of(CallOutcome.UNAVAILABLE, what), null);
  }

  /** One with a line break in it would be told by whoever refuses to send it. */
  private static boolean isSendable(Tokens tokens) {
    return tokens.getAccessToken().getValue().matches(SENDABLE)
        && (tokens.getRefreshToken() == null
            || tokens.getRefreshToken().getValue().matches(SENDABLE));
  }

  /** For the vault. */
  static TokenSet tokens(AccessTokenResponse answer, Clock clock) {
    AccessToken token = answer.getTokens().getAccessToken();
    return new TokenSet(
        token.getValue(),
        Optional.ofNullable(answer.getTokens().getRefreshToken())
            .map(refresh -> refresh.getValue()),
        token.getLifetime() > 0
            ? Optional.of(clock.instant().plusSeconds(Math.min(token.getLifetime(), MOST_SECONDS)))
            : Optional.empty(),
        Optional.ofNullable(token.getScope()).map(Scope::toString).orElse(""));
  }
}
