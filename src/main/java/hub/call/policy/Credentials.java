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
  OAUTH;

  /**
   * Parses the parameter {@code auth}.
   *
   * @throws IllegalArgumentException for an unknown name
   */
  public static Credentials of(String name) {
    try {
      return valueOf(name.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "auth: '" + name + "' is not one of none, bearer, basic, header, oauth", e);
    }
  }

  /** Whether it needs a secret from the hub's settings. */
  boolean isSecret() {
    return this == BEARER || this == BASIC || this == HEADER;
  }

  /**
   * The header to send.
   *
   * @param header the header's name, for {@link #HEADER} only
   * @param secret the token or key; for {@link #BASIC} {@code user:password}
   */
  public Map.Entry<String, String> header(String header, String secret) {
    return switch (this) {
      case HEADER -> Map.entry(header, secret);
      case BASIC ->
          Map.entry(
              HeaderNames.AUTHORIZATION,
              "Basic "
                  + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
      case NONE, BEARER, OAUTH -> Map.entry(HeaderNames.AUTHORIZATION, "Bearer " + secret);
    };
  }
}
