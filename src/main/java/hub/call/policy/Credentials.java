package hub.call.policy;

import hub.http.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;

/** How a call authenticates. */
public enum Credentials {
  NONE,
  BEARER,
  BASIC,
  HEADER,
  OAUTH,
  /** A token of the hub itself, by the client credentials of RFC 6749, 4.4. */
  CLIENT_CREDENTIALS,
  /** The token of an installation of a GitHub App. */
  GITHUB_APP;

  /**
   * Parses the parameter {@code auth}.
   *
   * @throws IllegalArgumentException for an unknown name
   */
  public static Credentials of(String name) {
    try {
      return valueOf(name.strip().toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "auth: '"
              + name
              + "' is not one of none, bearer, basic, header, oauth,"
              + " client-credentials, github-app",
          e);
    }
  }

  /** As the parameter {@code auth} names it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether a token of the hub itself is needed. */
  public boolean isApplication() {
    return this == CLIENT_CREDENTIALS || this == GITHUB_APP;
  }

  /** Whether it needs a secret from the hub's settings. */
  boolean isSecret() {
    return this == BEARER || this == BASIC || this == HEADER;
  }

  /**
   * The header to send.
   *
   * @param header the header's name, for {@link #HEADER} only
   * @param secret the token or key; for {@link #BASIC} {@code user:password}, or a user without a
   *     password
   */
  public Map.Entry<String, String> header(String header, String secret) {
    return switch (this) {
      case HEADER -> Map.entry(header, secret);
      case BASIC ->
          Map.entry(
              HeaderNames.AUTHORIZATION,
              "Basic "
                  + Base64.getEncoder()
                      .encodeToString(
                          (secret.contains(":") ? secret : secret + ":")
                              .getBytes(StandardCharsets.UTF_8)));
      case NONE, BEARER, OAUTH, CLIENT_CREDENTIALS, GITHUB_APP ->
          Map.entry(HeaderNames.AUTHORIZATION, "Bearer " + secret);
    };
  }
}
