package hub.identity.login;

import com.nimbusds.jwt.JWT;
import java.text.ParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The issuer of a multi-tenant provider such as Microsoft's {@code common}: the discovery document
 * names {@code https://login.microsoftonline.com/{tenantid}/v2.0}, and each ID token names the
 * issuer of its tenant.
 *
 * @param text contains {@link #TENANT} once
 */
record IssuerTemplate(String text) {
  private static final String TENANT = "{tenantid}";

  /** The claim that contains the tenant. */
  static final String CLAIM = "tid";

  private static final Pattern GUID =
      Pattern.compile("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");

  /**
   * The template in a discovery document, if the configured issuer matches it.
   *
   * @param configured the issuer in providers.yaml, with a path segment such as {@code common} as
   *     its tenant
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

  /** The issuer that the token must name; empty when the token has no tenant. */
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
