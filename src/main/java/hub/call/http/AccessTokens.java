package hub.call.http;

import java.util.concurrent.CompletableFuture;

/** Access tokens of people who logged in; in the registry as {@code tokens}. */
public interface AccessTokens {
  /**
   * A token that stays valid for some time. Waits while the login provider is asked.
   *
   * @param provider as in {@code routes/login/providers.yaml}
   * @param subject the provider's id of the person
   */
  String accessToken(String provider, String subject);

  /** As {@link #accessToken}, but holds no thread while the login provider is asked. */
  CompletableFuture<String> accessTokenLater(String provider, String subject);
}
