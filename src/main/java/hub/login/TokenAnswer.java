package hub.login;

import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import hub.outbound.CallFailed;
import hub.outbound.Failure;
import hub.outbound.Verdict;
import hub.tokens.TokenSet;
import java.time.Clock;
import java.util.Optional;

/** Reads what a token endpoint answered. */
final class TokenAnswer {
  private TokenAnswer() {}

  /**
   * @throws CallFailed when it is no token
   */
  static AccessTokenResponse read(LoginProvider provider, HTTPResponse response) {
    try {
      TokenResponse answer = OIDCTokenResponseParser.parse(response);
      if (answer.indicatesSuccess()) {
        return answer.toSuccessResponse();
      }
    } catch (ParseException e) {
      // Its message may show what could not be read.
    }
    throw new CallFailed(
        provider.calledAs(), Failure.of(Verdict.UNAVAILABLE, "its answer is no token"), null);
  }

  /** For the vault. */
  static TokenSet tokens(AccessTokenResponse answer, Clock clock) {
    AccessToken token = answer.getTokens().getAccessToken();
    return new TokenSet(
        token.getValue(),
        Optional.ofNullable(answer.getTokens().getRefreshToken())
            .map(refresh -> refresh.getValue()),
        token.getLifetime() > 0
            ? Optional.of(clock.instant().plusSeconds(token.getLifetime()))
            : Optional.empty(),
        Optional.ofNullable(token.getScope()).map(TokenAnswer::text).orElse(""));
  }

  /** GitHub separates them by commas. */
  private static String text(Scope scope) {
    return scope.toString().replace(',', ' ');
  }
}
