package hub.identity.login;

import com.nimbusds.jwt.JWT;
import java.text.ParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An issuer that stands for many, as Microsoft's {@code common} does: its discovery document names
 * {@code https://login.microsoftonline.com/{tenantid}/v2.0}, and each ID token the issuer of its
 * own tenant.
 *
 * @param text with {@link #TENANT} once
 */
record IssuerTemplate(String text) {
  private static final String TENANT = "{tenantid}";

  /** The claim with the tenant. */
  static final String CLAIM = "tid";

  private static final Pattern GUID =
      Pattern.compile("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");

  /**
   * The template that a discovery document names, if the configured issuer is one of its own.
   *
   * @param configured has one segment of a path in the tenant's place
   */
  static Optional<IssuerTemplate> of(String named, String configured) {
    int place = named.indexOf(TENANT);
    if (place < 0 || named.indexOf(TENANT, place + 1) >= 0) {
      return Optional.empty();
    }
    String before = named.substring(0, place);
    String after = named.substring(place + TENANT.length());
    return configured.matches(Pattern.quote(before) + "[A-Za-z0-9-]+" + Pattern.quote(after))
        ? Optional.of(new IssuerTemplate(named))
        : Optional.empty();
  }

  /** The issuer that a token must be of; empty when it names no tenant. */
  Optional<String> issuerOf(JWT token) {
    try {
      Object tenant = token.getJWTClaimsSet().getClaim(CLAIM);
      return tenant instanceof String text && GUID.matcher(text).matches()
          ? Optional.of(text().replace(TENANT, text))
          : Optional.empty();
    } catch (ParseException e) {
      return Optional.empty();
    }
  }
}
