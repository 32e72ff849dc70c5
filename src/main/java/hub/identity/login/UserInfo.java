package hub.identity.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import hub.call.http.ProviderResponse;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.util.Json;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Asks a provider for the owner of a token. Thread-safe. */
final class UserInfo {
  private final LoginCalls calls;

  UserInfo(LoginCalls calls) {
    this.calls = calls;
  }

  /** The claims of the user info endpoint. */
  Map<String, Object> claims(
      LoginProvider provider, URI endpoint, AccessToken token, Optional<String> requestId) {
    JsonNode answer = ask(provider, LoginCall.SHOW_USER, endpoint, token, requestId);
    if (!answer.isObject()) {
      throw nonsense(provider, "its user info is no JSON object");
    }
    Map<String, Object> claims = new LinkedHashMap<>();
    answer.properties().forEach(field -> claims.put(field.getKey(), Json.plain(field.getValue())));
    return claims;
  }

  /**
   * A verified address of a list in GitHub's form: the primary one if it is verified, else another.
   * Empty for a token without the scope, to which GitHub answers 404.
   */
  Optional<String> verifiedEmail(
      LoginProvider provider, URI endpoint, AccessToken token, Optional<String> requestId) {
    JsonNode answer;
    try {
      answer = ask(provider, LoginCall.LIST_EMAILS, endpoint, token, requestId);
    } catch (CallFailedException e) {
      if (e.failure().status() == 404) {
        return Optional.empty();
      }
      throw e;
    }
    if (!answer.isArray()) {
      throw nonsense(provider, "its list of e-mail addresses is no JSON array");
    }
    Optional<String> verified = Optional.empty();
    for (JsonNode entry : answer) {
      if (entry.path("verified").asBoolean(false) && entry.path("email").isTextual()) {
        if (entry.path("primary").asBoolean(false)) {
          return Optional.of(entry.path("email").asText());
        }
        verified = verified.or(() -> Optional.of(entry.path("email").asText()));
      }
    }
    return verified;
  }

  private JsonNode ask(
      LoginProvider provider,
      LoginCall call,
      URI endpoint,
      AccessToken token,
      Optional<String> requestId) {
    ProviderResponse answer =
        calls.ask(
            provider,
            call,
            new UserInfoRequest(endpoint, new BearerAccessToken(token.getValue())).toHTTPRequest(),
            requestId);
    return Json.parse(answer.body())
        .orElseThrow(() -> nonsense(provider, "its user info is not JSON"));
  }

  private static CallFailedException nonsense(LoginProvider provider, String what) {
    return new CallFailedException(
        provider.calledAs(), CallFailure.of(CallOutcome.UNAVAILABLE, what), null);
  }
}
