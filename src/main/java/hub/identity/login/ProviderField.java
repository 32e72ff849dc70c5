package hub.identity.login;

import com.jayway.jsonpath.InvalidPathException;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import hub.identity.session.PublicUrl;
import hub.util.JsonPaths;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The fields of a provider in {@code routes/login/providers.yaml}. The file is read and checked by
 * this declaration.
 */
public enum ProviderField {
  /** The name for people; default: its name in the file. */
  TITLE("title", Kind.TEXT),
  /** The OpenID Connect issuer, below which the discovery document is. */
  ISSUER("issuer", Kind.URL),
  /** The authorization endpoint; only without {@link #ISSUER}. */
  AUTHORIZE_URL("authorize-url", Kind.URL),
  /** The token endpoint; only without {@link #ISSUER}. */
  TOKEN_URL("token-url", Kind.URL),
  /** The user info endpoint; only without {@link #ISSUER}. */
  USER_INFO_URL("user-info-url", Kind.URL),
  /**
   * A list of the person's e-mail addresses in GitHub's form: {@code email}, {@code verified},
   * {@code primary}. Default with GitHub's scope {@code user:email}: {@link #USER_INFO_URL}
   * followed by {@code /emails}.
   */
  EMAILS_URL("emails-url", Kind.URL),
  /** The revocation endpoint (RFC 7009); that of a discovery document takes precedence. */
  REVOCATION_URL("revocation-url", Kind.URL),
  /**
   * The requested scopes; default with {@link #ISSUER}: {@code openid profile email}, else none.
   */
  SCOPES("scopes", Kind.WORDS),
  /** The hub's client id at the provider. */
  CLIENT_ID("client-id", Kind.TEXT),
  /** The client secret; absent: the hub is a public client. */
  CLIENT_SECRET("client-secret", Kind.TEXT),
  /** The client authentication: {@code basic} or {@code post}; default: as discovery says. */
  CLIENT_AUTH("client-auth", Kind.WAY),
  /** Whether PKCE binds the code to its login; default {@code true}. */
  PKCE("pkce", Kind.SWITCH),
  /**
   * Whether a nonce binds the ID token to its login; default {@code true}. {@code false} for a
   * provider whose ID tokens have none.
   */
  NONCE("nonce", Kind.SWITCH),
  /**
   * Path to the organisation in which {@link #SUBJECT} is unique. It is prefixed to the id with a
   * dot. Default for a multi-tenant issuer: {@code $.tid}.
   */
  TENANT("tenant", Kind.PATHS),
  /** Path to the person's id; default with {@link #ISSUER}: {@code $.sub}. */
  SUBJECT("subject", Kind.PATHS),
  /** Path to the person's name; default {@code $.name}. */
  NAME("name", Kind.PATHS),
  /**
   * Path to a verified e-mail address; default: {@code $.email} if {@code $.email_verified} is
   * true.
   */
  EMAIL("email", Kind.PATHS),
  /**
   * Within how many days a refresh token has to be used before the provider forgets it, from 1 to
   * 365; absent: unused tokens are left alone.
   */
  REFRESH_WITHIN_DAYS("refresh-within-days", Kind.DAYS),
  /** Further parameters of the authorization request. */
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

  private static final Map<String, ClientAuthenticationMethod> CLIENT_AUTH_METHODS =
      Map.of(
          "basic", ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
          "post", ClientAuthenticationMethod.CLIENT_SECRET_POST);

  /** The type of a value. */
  public enum Kind {
    TEXT,
    /** An https URL; http only for this machine. */
    URL,
    /** Words, separated by spaces or in a list. */
    WORDS,
    /** A JSONPath, or a list of them; the first that finds a value is used. */
    PATHS,
    /** {@code true} or {@code false}. */
    SWITCH,
    /** {@code basic} or {@code post}. */
    WAY,
    /** A number of days, from 1 to 365. */
    DAYS,
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
   * The fault of a value whose placeholders are resolved, as the end of a sentence that starts with
   * the key; empty when it is valid. Shows no secret.
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
          CLIENT_AUTH_METHODS.containsKey(value)
              ? Optional.empty()
              : Optional.of("must be basic (a header) or post (the form)");
      case DAYS ->
          value.matches("[1-9][0-9]?|[12][0-9]{2}|3[0-5][0-9]|36[0-5]")
              ? Optional.empty()
              : Optional.of("must be a number of days, from 1 to 365");
      case TEXT, MAP ->
          value.chars().anyMatch(Character::isISOControl)
              ? Optional.of("has a control character")
              : Optional.empty();
    };
  }

  static ClientAuthenticationMethod clientAuth(String word) {
    return CLIENT_AUTH_METHODS.get(word);
  }

  /** Whether the hub sets this parameter of the authorization request itself. */
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

  /** Whether requests to this URL are encrypted, or stay on this machine. */
  static boolean isSafe(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return uri.getHost() != null
        && (scheme.equals("https") || (scheme.equals("http") && PublicUrl.isLoopback(uri)));
  }

  private static Optional<String> pathComplaint(String value) {
    try {
      JsonPaths.compile(value);
      return value.startsWith("$")
          ? Optional.empty()
          : Optional.of("must be a JSONPath, which starts with $");
    } catch (InvalidPathException | IllegalArgumentException e) {
      return Optional.of("is no JSONPath");
    }
  }
}
