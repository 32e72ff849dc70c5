package hub.webhook.verify;

import hub.webhook.verify.WebhookScheme.Proof;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds what the JSON Schema cannot see in a scheme: members that contradict each other, templates
 * and conditions that cannot be read, proofs that prove nothing. Each fault as {@code member:
 * fault; remedy}.
 */
public final class SchemeFaults {
  /** An address, or a name of which at least the last two labels are told. */
  private static final Pattern HOST =
      Pattern.compile("localhost|[\\d.*]+|(.*\\.)?[a-z0-9-]+\\.[a-z0-9-]+");

  private static final List<String> HMAC_ALGORITHMS = HmacKey.ALGORITHMS;

  private final WebhookScheme scheme;
  private final List<String> faults = new ArrayList<>();

  private SchemeFaults(WebhookScheme scheme) {
    this.scheme = scheme;
  }

  /** All faults; none of a scheme that can be used. */
  public static List<String> of(WebhookScheme scheme) {
    return new SchemeFaults(scheme).find();
  }

  private List<String> find() {
    proof();
    if (scheme.proof() == Proof.HMAC || scheme.proof() == Proof.PUBLIC_KEY) {
      signature();
    }
    boolean signsMore =
        scheme.signed().contents().stream().anyMatch(content -> !content.template().isEmpty());
    if (scheme.proof() == Proof.JWT && signsMore) {
      add("signed", "is of no use with jwt", "remove it; a token signs itself");
    }
    keys();
    new PlaceFaults(scheme, faults).check();
    events();
    for (int i = 0; i < scheme.responses().handshakes().size(); i++) {
      new HandshakeFaults(scheme, "handshake." + i, faults)
          .check(scheme.responses().handshakes().get(i));
    }
    template("answer.body", scheme.responses().stored().body());
    if (Template.placeholders(scheme.responses().stored().body()).stream()
        .anyMatch(name -> name.startsWith("{") || name.startsWith("secret"))) {
      add("answer.body", "shows a secret or a variable", "answer what was asked");
    }
    replayKey();
    HandshakeFaults.contentType("answer", scheme.responses().stored(), faults);
    return List.copyOf(faults);
  }

  private void replayKey() {
    String place = scheme.payload().replayKey();
    if (!place.isEmpty() && !coversTime(place)) {
      add("signed", "lacks the token of replay-key", "add {" + place + "}");
    }
  }

  /** What only an answer or a check can be filled with. */
  private void misplaced(String member, String template) {
    Template.placeholders(template).stream()
        .filter(
            name -> name.equals("secret") || name.startsWith("hmac:") || name.startsWith("event."))
        .findFirst()
        .ifPresent(
            name ->
                add(
                    member,
                    "{" + name + "} is of answers and checks alone",
                    "write what the sender signs"));
  }

  private void proof() {
    boolean placed = !scheme.places().get(0).signature().isEmpty() || scheme.isPlacedByRoute();
    if (!placed && scheme.proof() != Proof.NONE) {
      add("signature.in", "is missing", "say where the signature or the token is");
    }
    List<String> allowed =
        switch (scheme.proof()) {
          case HMAC -> HMAC_ALGORITHMS;
          case PUBLIC_KEY -> PublicKeyVerifier.NAMES;
          case JWT -> JwtVerifier.ALGORITHMS;
          case TOKEN, BASIC, NONE -> List.of();
        };
    if (scheme.signed().algorithms().isEmpty() && !allowed.isEmpty()) {
      add("algorithm", "is missing", "choose one of " + String.join(", ", allowed));
    }
    for (WebhookScheme.Algorithm one : scheme.signed().algorithms()) {
      condition("algorithm", one.when());
      if (!allowed.contains(one.name())) {
        add(
            "algorithm",
            "'" + one.name() + "' is none of " + name(scheme.proof()),
            allowed.isEmpty() ? "remove it" : "choose one of " + String.join(", ", allowed));
      }
    }
    if (scheme.proof() != Proof.PUBLIC_KEY && scheme.signed().algorithms().size() > 1) {
      add("algorithm", "is a list, which public-key alone takes", "name one algorithm");
    }
    if (!scheme.claims().isEmpty() && scheme.proof() != Proof.JWT) {
      add("claims", "are of jwt alone", "remove them");
    }
  }

  private void signature() {
    if (scheme.signed().contents().isEmpty()) {
      add("signed", "is missing", "write the template of what is signed, such as \"{body}\"");
    }
    boolean timed = false;
    for (WebhookScheme.Content content : scheme.signed().contents()) {
      condition("signed", content.when());
      template("signed", content.template());
      misplaced("signed", content.template());
      timed |= content.template().contains("{timestamp}");
      if (!coversEvent(content)) {
        add(
            "signed",
            "'" + content.template() + "' does not cover the body",
            "add {body}, members of the body, or a digest");
      }
    }
    WebhookScheme.Places places = scheme.places().get(0);
    String timestamp = places.timestamp();
    if (timed && timestamp.isEmpty() && !scheme.options().contains("timestampHeader")) {
      add("timestamp", "is missing, and signed has {timestamp}", "say where the time is");
    }
    if (!timestamp.isEmpty() && !coversTime(timestamp)) {
      add(
          "signed",
          "lacks {timestamp}, and a time that is not signed proves nothing",
          "add {timestamp}, or remove timestamp");
    }
    if (!places.timestampField().isEmpty() && scheme.format().field().isEmpty()) {
      add("signature.field", "is missing, and timestamp is a field", "name the signature's field");
    }
    if (scheme.signed().uses("{id}") && Place.parse(places.id()).isEmpty()) {
      add("event.id", "is no single place, and signed has {id}", "begin it with header:NAME");
    }
  }

  private boolean coversTime(String place) {
    return scheme.signed().contents().stream()
        .map(WebhookScheme.Content::template)
        .allMatch(
            template ->
                template.contains("{timestamp}")
                    || template.contains("{" + place + "}")
                    || (place.startsWith("$") && template.contains("{body}")));
  }

  private boolean coversEvent(WebhookScheme.Content content) {
    return coversDigest(content)
        || Template.placeholders(content.template()).stream()
            .anyMatch(
                name ->
                    name.startsWith("body") || name.startsWith("form:") || name.startsWith("$"));
  }

  /** Whether the body's hash is there, and signed itself. */
  private static boolean coversDigest(WebhookScheme.Content content) {
    String in = content.digest().in();
    String template = content.template();
    boolean inQuery = in.startsWith(Place.QUERY);
    return !in.isEmpty()
        && (template.contains("{" + in + "}")
            || (inQuery && (template.contains("{url}") || template.contains("{query}"))));
  }

  private void keys() {
    PublicKeyForm keys = scheme.keys();
    boolean wanted =
        scheme.proof() == Proof.PUBLIC_KEY
            || (scheme.proof() == Proof.JWT && !scheme.signed().algorithm().equals("hs256"));
    boolean given = !keys.variable().isEmpty() || !keys.url().isEmpty();
    if (wanted && !given) {
      add("keys", "are missing", "name the variable with the public key, or its url");
    }
    if (!wanted && given) {
      add("keys", "are of public-key, rs256 and es256 alone", "remove them, and name secret");
    }
    if (!keys.variable().isEmpty() && !keys.url().isEmpty()) {
      add("keys.url", "stands beside keys.variable", "remove one of them");
    }
    if (keys.url().isEmpty()) {
      return;
    }
    template("keys.url", keys.url());
    keys.hosts().stream()
        .filter(host -> !HOST.matcher(host).matches())
        .forEach(
            host ->
                add(
                    "keys.hosts",
                    "'" + host + "' may be anybody's",
                    "write the last two names of the host as they are"));
    boolean byRequest = keys.isSaidByRequest();
    if (byRequest && keys.hosts().isEmpty()) {
      add(
          "keys.hosts",
          "are missing, so that anybody's key would count",
          "name the sender's hosts");
    }
    if (!byRequest
        && !keys.url()
            .matches("https://.+|http://(localhost|127(\\.\\d+){3}|\\[::1])(:\\d+)?/.*")) {
      add("keys.url", "is neither https nor on loopback", "write an address with https");
    }
  }

  private void events() {
    EventFields event = scheme.event();
    Stream.of(
            Map.entry("event.id", event.eventId()),
            Map.entry("event.type", event.eventType()),
            Map.entry("event.ordering-key", event.orderingKey()))
        .forEach(
            field ->
                field.getValue().forEach(expression -> expression(field.getKey(), expression)));
  }

  private void expression(String member, String expression) {
    if (EventFields.isTemplate(expression)) {
      template(member, expression);
      if (Template.placeholders(expression).stream().anyMatch(SchemeFaults::isSecret)) {
        add(member, "names a secret or a variable", "write places of the request");
      }
    } else if (!EventFields.isExpression(expression)) {
      add(
          member,
          "'" + expression + "' is no place, template or constant",
          "write header:NAME, form:NAME, a JSONPath, hash, random, or a text in single quotes");
    }
  }

  private void condition(String member, String expression) {
    if (Condition.parse(expression).isEmpty()) {
      add(
          member,
          "when '" + expression + "' cannot be read",
          "write a place such as $.type, or PLACE == 'text'");
    }
  }

  private void template(String member, String template) {
    templateFault(template)
        .ifPresent(
            name ->
                add(
                    member,
                    "{" + name + "} is unknown" + SimilarName.suggestion(name, Placeholders.FIXED),
                    "see the reference of schemes"));
  }

  /** The first unknown placeholder. */
  static Optional<String> templateFault(String template) {
    return Template.placeholders(template).stream().filter(name -> !isKnown(name)).findFirst();
  }

  private static boolean isKnown(String name) {
    try {
      return Placeholders.part(name, variable -> Optional.of("set")).isPresent();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isSecret(String placeholder) {
    return placeholder.startsWith("{")
        || placeholder.startsWith("secret")
        || placeholder.startsWith("hmac:");
  }

  private static String name(Proof proof) {
    return proof.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void add(String member, String fault, String remedy) {
    faults.add(member + ": " + fault + "; " + remedy);
  }
}
