package hub.console;

import hub.edge.Operator;
import hub.edge.OperatorSessions;
import hub.login.OwnOrigin;
import hub.login.Person;
import hub.login.SessionCookie;
import hub.login.Sessions;
import hub.settings.Setting;
import hub.settings.Settings;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.util.function.Suppliers;

/**
 * Which people may operate the hub, and which may look: whoever signed in with the operators' key,
 * and those whom {@code hub.operators} and {@code hub.viewers} name. Thread-safe.
 */
public final class OperatorList implements OperatorSessions {
  /** Vouches for whoever holds the operators' key; no provider may have this name. */
  static final String KEY = "key";

  private final Sessions sessions;
  private final OwnOrigin pages;
  private final SessionCookie cookie;
  private final Supplier<String> keyMark;
  private final List<String> operators;
  private final List<String> viewers;

  /**
   * @param keyMark tells the operators' key of today from that of yesterday; asked for once, when
   *     somebody signs in or shows a session of that key
   */
  public OperatorList(Sessions sessions, Settings settings, Supplier<String> keyMark) {
    this.sessions = sessions;
    this.pages = new OwnOrigin(settings.text(Setting.PUBLIC_URL));
    this.cookie = new SessionCookie(settings.text(Setting.PUBLIC_URL));
    this.keyMark = Suppliers.memorize(keyMark);
    this.operators = settings.entries(Setting.OPERATORS);
    this.viewers = settings.entries(Setting.VIEWERS);
  }

  /** Who signs in with the operators' key. */
  Person keyHolder() {
    return new Person(KEY, keyMark.get(), "operator", "");
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
    return person.map(one -> new Found(name(one), role(one).map(r -> new Operator(name(one), r))));
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

  private static boolean isIn(List<String> people, Person person) {
    String subject = person.provider() + ":" + person.subject();
    String mail = person.provider() + ":" + person.email().toLowerCase(Locale.ROOT);
    return people.stream()
        .anyMatch(
            entry ->
                entry.equals(subject)
                    || (!person.email().isEmpty() && lowerMail(entry).equals(mail)));
  }

  /** Nobody gives two people addresses that differ only in case. */
  private static String lowerMail(String entry) {
    int colon = entry.indexOf(':') + 1;
    return entry.substring(0, colon) + entry.substring(colon).toLowerCase(Locale.ROOT);
  }

  private static String name(Person person) {
    if (!person.name().isBlank()) {
      return person.name();
    }
    return person.email().isBlank() ? person.provider() + ":" + person.subject() : person.email();
  }
}
