package hub.identity.login;

import com.jayway.jsonpath.InvalidPathException;
import com.jayway.jsonpath.JsonPath;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import hub.identity.session.PublicUrl;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code routes/login/providers.yaml} may say of a provider. The one declaration by which the
 * file is read and checked.
 */
public enum ProviderField {
  /** What people call it; its name in the file when absent. */
  TITLE("title", Kind.TEXT),
  /** Of OpenID Connect: where its discovery document is, and who signs its ID tokens. */
  ISSUER("issuer", Kind.URL),
  /** Where people log in; without {@link #ISSUER}. */
  AUTHORIZE_URL("authorize-url", Kind.URL),
  /** Where a code becomes a token; without {@link #ISSUER}. */
  TOKEN_URL("token-url", Kind.URL),
  /** Who the owner of a token is; without {@link #ISSUER}. */
  USER_INFO_URL("user-info-url", Kind.URL),
  /**
   * The person's addresses as GitHub lists them: {@code email}, {@code verified}, {@code primary}.
   * When absent, below {@link #USER_INFO_URL} with GitHub's scope {@code user:email}.
   */
  EMAILS_URL("emails-url", Kind.URL),
  /** Where a token is given back (RFC 7009); a discovery document's own comes first. */
  REVOCATION_URL("revocation-url", Kind.URL),
  /** What is asked for; {@code openid profile email} with {@link #ISSUER}, else nothing. */
  SCOPES("scopes", Kind.WORDS),
  /** As whom the hub is registered. */
  CLIENT_ID("client-id", Kind.TEXT),
  /** Absent: the hub is registered as a public client. */
  CLIENT_SECRET("client-secret", Kind.TEXT),
  /** How the secret is shown: {@code basic} or {@code post}; absent: as the provider says. */
  CLIENT_AUTH("client-auth", Kind.WAY),
  /** Whether PKCE binds a code to its login; {@code true} when absent. */
  PKCE("pkce", Kind.SWITCH),
  /**
   * Whether a nonce binds an ID token to its login; {@code true} when absent. For a provider that
   * leaves it out.
   */
  NONCE("nonce", Kind.SWITCH),
  /**
   * Where the organisation is within which {@link #SUBJECT} counts. It is put before the id, with a
   * dot between; {@code $.tid} where the issuer is that of many tenants.
   */
  TENANT("tenant", Kind.PATHS),
  /** Where the person's id is; {@code $.sub} with {@link #ISSUER}. */
  SUBJECT("subject", Kind.PATHS),
  /** Where the person's name is; {@code $.name} when absent. */
  NAME("name", Kind.PATHS),
  /**
   * Where an address is that the provider has verified; when absent, {@code $.email} if {@code
   * $.email_verified} says so.
   */
  EMAIL("email", Kind.PATHS),
  /** More parameters for the page where people log in. */
  AUTHORIZE_PARAMETERS("authorize-parameters", Kind.MAP);

  private static final Set<String> OWN_PARAMETERS =
      Set.of(
          "client_id",
          "code_challenge",
          "code_challenge_method",
          "nonce",
          "redirect_uri",
          "request",
          "request_uri",
          "response_mode",
          "response_type",
          "scope",
          "state");

  private static final Map<String, ClientAuthenticationMethod> WAYS =
      Map.of(
          "basic", ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
          "post", ClientAuthenticationMethod.CLIENT_SECRET_POST);

  /** What a value must look like. */
  public enum Kind {
    TEXT,
    /** An https address; http on this machine alone. */
    URL,
    /** Words, separated by spaces or in a list. */
    WORDS,
    /** A JSONPath, or a list of them of which the first that finds something counts. */
    PATHS,
    /** {@code true} or {@code false}. */
    SWITCH,
    /** {@code basic} or {@code post}. */
    WAY,
    /** Texts by name. */
    MAP
  }

  private final String key;
  private final Kind kind;

  ProviderField(String key, Kind kind) {
    this.key = key;
    this.kind = kind;
  }

  public String key() {
    return key;
  }

  public Kind kind() {
    return kind;
  }

  public static List<String> keys() {
    return Arrays.stream(values()).map(ProviderField::key).toList();
  }

  public static Optional<ProviderField> of(String key) {
    return Arrays.stream(values()).filter(field -> field.key.equals(key)).findFirst();
  }

  /**
   * What is wrong with a value, placeholders resolved, as the end of a sentence that begins with
   * the key; empty when nothing is. Shows no secret.
   */
  public Optional<String> complaint(String value) {
    return switch (kind) {
      case URL -> urlComplaint(value, this == ISSUER);
      case PATHS -> pathComplaint(value);
      case WORDS ->
          value.matches("[\\x21\\x23-\\x5B\\x5D-\\x7E ]+")
              ? Optional.empty()
              : Optional.of("has characters that no scope has");
      case SWITCH ->
          value.matches("true|false") ? Optional.empty() : Optional.of("must be true or false");
      case WAY ->
          WAYS.containsKey(value)
              ? Optional.empty()
              : Optional.of("must be basic (a header) or post (the form)");
      case TEXT, MAP ->
          value.chars().anyMatch(Character::isISOControl)
              ? Optional.of("has a control character")
              : Optional.empty();
    };
  }

  static ClientAuthenticationMethod clientAuth(String word) {
    return WAYS.get(word);
  }

  /** Whether the hub sets this parameter of {@link #AUTHORIZE_PARAMETERS} itself. */
  public static boolean isOwnParameter(String name) {
    return OWN_PARAMETERS.contains(name.toLowerCase(Locale.ROOT));
  }

  private static Optional<String> urlComplaint(String value, boolean bare) {
    try {
      URI uri = new URI(value);
      if (!isSafe(uri)) {
        return Optional.of("must be an https address (http on this machine alone)");
      }
      return uri.getUserInfo() == null
              && uri.getFragment() == null
              && !(bare && uri.getQuery() != null)
          ? Optional.empty()
          : Optional.of("must have no user, fragment" + (bare ? " or query" : ""));
    } catch (URISyntaxException e) {
      return Optional.of("must be an https address");
    }
  }

  /** Whether what is sent there is read by nobody on the way. */
  static boolean isSafe(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return uri.getHost() != null
        && (scheme.equals("https") || (scheme.equals("http") && PublicUrl.isLoopback(uri)));
  }

  private static Optional<String> pathComplaint(String value) {
    try {
      JsonPath.compile(value);
      return value.startsWith("$")
          ? Optional.empty()
          : Optional.of("must be a JSONPath, which starts with $");
    } catch (InvalidPathException | IllegalArgumentException e) {
      return Optional.of("is no JSONPath");
    }
  }
}
