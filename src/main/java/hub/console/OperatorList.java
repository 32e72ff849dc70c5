package hub.console;

import hub.config.Setting;
import hub.config.Settings;
import hub.http.auth.Operator;
import hub.http.auth.OperatorSessions;
import hub.identity.session.OwnOrigin;
import hub.identity.session.Person;
import hub.identity.session.SessionCookie;
import hub.identity.session.Sessions;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Which people may operate the hub, and which may look: whoever signed in with the operators' key,
 * and those whom {@code hub.operators} and {@code hub.viewers} name. Thread-safe.
 */
public final class OperatorList implements OperatorSessions {
  /** Vouches for whoever holds the operators' key; no provider may have this name. */
  static final String KEY = "key";

  /** As wide as the store's columns are. */
  private static final int MOST_CHARACTERS = 255;

  /** Of a longer id; the rest is a hash of it. */
  private static final int SHOWN_CHARACTERS = 200;

  private final Sessions sessions;
  private final OwnOrigin pages;
  private final SessionCookie cookie;
  private final Supplier<String> keyMark;
  private final List<String> operators;
  private final List<String> viewers;

  /**
   * @param keyMark tells the operators' key of today from that of yesterday; asked for whenever
   *     somebody signs in or shows a session of that key
   */
  public OperatorList(Sessions sessions, Settings settings, Supplier<String> keyMark) {
    this.sessions = sessions;
    this.pages = new OwnOrigin(settings.text(Setting.PUBLIC_URL));
    this.cookie = new SessionCookie(settings.text(Setting.PUBLIC_URL));
    this.keyMark = keyMark;
    this.operators = settings.entries(Setting.OPERATORS);
    this.viewers = settings.entries(Setting.VIEWERS);
  }

  /** Who signs in with the operators' key. */
  Person keyHolder() {
    return new Person(KEY, keyMark.get(), "operator", "");
  }

  Operator keyOperator() {
    Person holder = keyHolder();
    return new Operator(id(holder), holder.name(), Operator.Role.OPERATOR);
  }

  @Override
  public Optional<String> shown(HttpServerRequest request) {
    return cookie.in(request);
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

  /** Whoever changes the key means to shut out those who had the old one. */
  private boolean hasOldKey(Person person) {
    return person.provider().equals(KEY) && !person.subject().equals(keyMark.get());
  }

  /** What a person may do; empty: nothing. */
  Optional<Operator.Role> role(Person person) {
    if (person.provider().equals(KEY) || isIn(operators, person)) {
      return Optional.of(Operator.Role.OPERATOR);
    }
    return isIn(viewers, person) ? Optional.of(Operator.Role.VIEWER) : Optional.empty();
  }

  /**
   * An entry with {@code @} behind the provider is an address, and counts when the provider has
   * verified it; any other is an id. A provider whose ids look like addresses cannot be entered by
   * id, because what looks like an address to one reader must be one to all.
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
   * Nobody gives two people addresses that differ only in ASCII case. Other letters are left: some
   * that are not ASCII have a small letter that is.
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

  /** Under which everything that the person does is noted; nobody else can have it. */
  private static String id(Person person) {
    if (person.provider().equals(KEY)) {
      // A key's subject changes with the key, and tells something of it.
      return person.name();
    }
    String id = person.provider() + ":" + person.subject();
    return id.length() <= MOST_CHARACTERS
        ? id
        : id.substring(0, SHOWN_CHARACTERS) + "~" + ETag.of(id.getBytes(StandardCharsets.UTF_8));
  }

  private static String name(Person person) {
    if (!person.name().isBlank()) {
      return person.name();
    }
    return person.email().isBlank() ? person.provider() + ":" + person.subject() : person.email();
  }
}
