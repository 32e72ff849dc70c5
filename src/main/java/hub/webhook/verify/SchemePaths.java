package hub.webhook.verify;

import hub.webhook.verify.WebhookScheme.Content;
import hub.webhook.verify.WebhookScheme.Handshake;
import hub.webhook.verify.WebhookScheme.Places;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists the JSONPaths that a scheme's verification reads, for whoever knows whether they are some.
 */
public final class SchemePaths {
  /**
   * A JSONPath.
   *
   * @param member of the file, where it stands
   */
  public record Path(String member, String text) {}

  private final List<Path> paths = new ArrayList<>();

  private SchemePaths() {}

  public static List<Path> of(WebhookScheme scheme) {
    return new SchemePaths().find(scheme);
  }

  private List<Path> find(WebhookScheme scheme) {
    for (Places places : scheme.places()) {
      place("signature.in", places.signature());
      place("timestamp.in", places.timestamp());
      place("event.id", places.id());
    }
    scheme.signed().algorithms().forEach(one -> condition("algorithm", one.when()));
    for (Content content : scheme.signed().contents()) {
      condition("signed", content.when());
      template("signed", content.template());
      place("digest.in", content.digest().in());
    }
    template("keys.url", scheme.keys().url());
    place("replay-key", scheme.payload().replayKey());
    scheme.event().eventId().forEach(one -> expression("event.id", one));
    scheme.event().eventType().forEach(one -> expression("event.type", one));
    scheme.event().orderingKey().forEach(one -> expression("event.ordering-key", one));
    scheme.variables().forEach((name, path) -> place("variables." + name, path));
    template("answer.body", scheme.responses().stored().body());
    for (int i = 0; i < scheme.responses().handshakes().size(); i++) {
      handshake("handshake." + i, scheme.responses().handshakes().get(i));
    }
    return List.copyOf(paths);
  }

  private void handshake(String member, Handshake handshake) {
    handshake.when().forEach(one -> condition(member + ".when", one));
    handshake
        .checks()
        .forEach(
            (place, expected) -> {
              place(member + ".check", place);
              template(member + ".check", expected);
            });
    template(member + ".answer.body", handshake.answer().body());
  }

  private void expression(String member, String expression) {
    if (EventFields.isTemplate(expression)) {
      template(member, expression);
    } else {
      place(member, EventFields.placeOf(expression));
    }
  }

  private void condition(String member, String expression) {
    Condition.parse(expression)
        .flatMap(Condition::place)
        .ifPresent(place -> place(member, place.name()));
  }

  private void template(String member, String template) {
    Template.placeholders(template).forEach(name -> place(member, name));
    HmacPlaceholder.contents(template).forEach(content -> template(member, content));
  }

  private void place(String member, String expression) {
    if (expression.startsWith("$")) {
      paths.add(new Path(member, expression));
    }
  }
}
