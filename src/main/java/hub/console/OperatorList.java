package hub.console;

import hub.config.Setting;
import hub.config.Settings;
import hub.http.auth.Operator;
import hub.http.auth.OperatorSessions;
import hub.identity.session.Person;
import hub.identity.session.SameOriginCheck;
import hub.identity.session.SessionCookie;
import hub.identity.session.Sessions;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The roles of people: operators are the holder of the operators' key and those whom {@code
 * hub.operators} names, viewers those whom {@code hub.viewers} names. Thread-safe.
 */
public final class OperatorList implements OperatorSessions {
  /**
   * Provider name of sessions that were opened with the operators' key; no login provider may have
   * it.
   */
  static final String KEY = "key";

  /** Width of the database columns that store an operator's id. */
  private static final int MAX_LENGTH = 255;

  /** A longer id is cut to this length and a hash is appended. */
  private static final int PREFIX_LENGTH = 200;

  private final Sessions sessions;
  private final SameOriginCheck pages;
  private final SessionCookie cookie;
  private final Supplier<String> keyMark;
  private final List<String> operators;
  private final List<String> viewers;

  /**
   * @param keyMark identifies the current operators' key; read whenever somebody signs in with the
   *     key or uses such a session
   */
  public OperatorList(Sessions sessions, Settings settings, Supplier<String> keyMark) {
    this.sessions = sessions;
    this.pages = new SameOriginCheck(settings.text(Setting.PUBLIC_URL));
    this.cookie = new SessionCookie(settings.text(Setting.PUBLIC_URL));
    this.keyMark = keyMark;
    this.operators = settings.entries(Setting.OPERATORS);
    this.viewers = settings.entries(Setting.VIEWERS);
  }

  /** The person of sessions that were opened with the operators' key. */
  Person keyHolder() {
    return new Person(KEY, keyMark.get(), "operator", "");
  }

  Operator keyOperator() {
    Person holder = keyHolder();
    return new Operator(id(holder), holder.name(), Operator.Role.OPERATOR);
  }

  @Override
  public Optional<String> shown(HttpServerRequest request) {
    return cookie.read(request);
  }

  @Override
  public void requireOwnPage(HttpServerRequest request) {
    pages.require(request);
  }

  @Override
  public Optional<Found> find(String shown) {
    Optional<Person> person = sessions.find(shown);
    if (person.filter(this::hasOldKey).isPresent()) {
      return Optional.empty();
    }
    return person.map(
        one ->
            new Found(
                name(one) + " (" + id(one) + ")",
                role(one).map(r -> new Operator(id(one), name(one), r))));
  }

  /** Changing the key ends all sessions that were opened with the old one. */
  private boolean hasOldKey(Person person) {
    return person.provider().equals(KEY) && !person.subject().equals(keyMark.get());
  }

  /** The person's role; empty: none. */
  Optional<Operator.Role> role(Person person) {
    if (person.provider().equals(KEY) || isIn(operators, person)) {
      return Optional.of(Operator.Role.OPERATOR);
    }
    return isIn(viewers, person) ? Optional.of(Operator.Role.VIEWER) : Optional.empty();
  }

  /**
   * An entry with an {@code @} after the provider's name is an e-mail address, and matches when the
   * provider has verified it; any other entry is an id. Ids that contain an {@code @} cannot be
   * entered, so that an entry never has two meanings.
   */
  private static boolean isIn(List<String> people, Person person) {
    String provider = person.provider() + ":";
    return people.stream()
        .filter(entry -> entry.startsWith(provider))
        .map(entry -> entry.substring(provider.length()))
        .anyMatch(
            who ->
                who.indexOf('@') < 0
                    ? who.equals(person.subject())
                    : lowerAscii(who).equals(lowerAscii(person.email())));
  }

  /**
   * Addresses are compared without ASCII case. Other letters stay as they are: some non-ASCII
   * letters have an ASCII lower case, such as the Kelvin sign.
   */
  private static String lowerAscii(String address) {
    StringBuilder lower = new StringBuilder(address);
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        lower.setCharAt(i, (char) (c + ('a' - 'A')));
      }
    }
    return lower.toString();
  }

  /** The unique id of the person in logs and audit columns. */
  private static String id(Person person) {
    if (person.provider().equals(KEY)) {
      // The subject is derived from the key and changes with it, so the name is shown.
      return person.name();
    }
    String id = person.provider() + ":" + person.subject();
    return id.length() <= MAX_LENGTH
        ? id
        : id.substring(0, PREFIX_LENGTH) + "~" + ETag.of(id.getBytes(StandardCharsets.UTF_8));
  }

  private static String name(Person person) {
    if (!person.name().isBlank()) {
      return person.name();
    }
    return person.email().isBlank() ? person.provider() + ":" + person.subject() : person.email();
  }
}
