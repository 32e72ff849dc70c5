package hub.call.http;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Access tokens of the hub itself, kept encrypted; in the registry as {@code applicationTokens}.
 * Thread-safe.
 */
public interface ApplicationTokens {
  /** Name in the registry. */
  String BEAN = "applicationTokens";

  /**
   * A new token. {@code toString} does not show it.
   *
   * @param expiresAt empty when its issuer gave no lifetime
   */
  record Issued(String value, Optional<Instant> expiresAt) {
    @Override
    public String toString() {
      return "Issued[expiresAt=" + expiresAt + "]";
    }
  }

  /** Asks the issuer for a new token. */
  @FunctionalInterface
  interface Issuer {
    Issued issue() throws IOException;
  }

  /**
   * A token that is valid for some time. Over all threads and nodes one of them asks the issuer;
   * the others wait for its token.
   *
   * @param kind as {@code auth} names it
   * @param key tells the tokens of one kind apart; 64 hexadecimal digits
   * @param refused a token that the API has refused, which is not given again; empty: none
   * @param within how long to wait for another thread's or node's token
   * @throws IOException of {@code issuer}, or when the time is up
   */
  String token(String kind, String key, Optional<String> refused, Duration within, Issuer issuer)
      throws IOException;
}
