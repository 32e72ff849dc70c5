package hub.call.http;

import java.util.concurrent.CompletableFuture;

/** Gives access tokens of people who logged in; in the registry as {@code tokens}. */
public interface AccessTokens {
  /**
   * A token that is valid for some time yet.
   *
   * @param provider as in {@code routes/login/providers.yaml}
   * @param subject the provider's id of the person
   */
  String accessToken(String provider, String subject);

  /** The same without holding a thread while a login provider is asked. */
  CompletableFuture<String> accessTokenLater(String provider, String subject);
}
