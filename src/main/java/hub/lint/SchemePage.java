package hub.lint;

import static java.util.stream.Collectors.joining;

import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookScheme.Answer;
import hub.webhook.verify.WebhookScheme.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Generates the page of a sender: how its webhooks are verified, and how they are received.
 *
 * @param shipped the source that the hub ships for this sender; empty when it ships none
 */
record SchemePage(WebhookScheme scheme, SchemeProof proof, Optional<WebhookSource> shipped) {
  private static final String RECEIVING = "../../receiving.md";

  String text() {
    return "# Webhooks of "
        + scheme.about().title()
        + "\n\n"
        + Reference.GENERATED
        + (scheme.description() + documentation()).strip()
        + "\n\n"
        + Reference.table(List.of("", ""), proof.rows())
        + "\n"
        + (proof.isSignedLong() ? "## What is signed\n\n" + proof.signedInFull() + "\n" : "")
        + setUp()
        + events()
        + new SchemeHandshakes(scheme).section()
        + answers()
        + notes()
        + new SchemeTrial(scheme, source()).section();
  }

  private String documentation() {
    return scheme.docs().isEmpty() ? "" : " [The sender's documentation](" + scheme.docs() + ").";
  }

  private String source() {
    return shipped.map(WebhookSource::name).orElse(scheme.name());
  }

  private String setUp() {
    String path = "/api/webhooks/" + source();
    return "## Set up\n\n"
        + shipped.map(this::shippedSource).orElseGet(this::ownSource)
        + "\nGive the sender the address "
        + Reference.code(path + query())
        + " below your [`PUBLIC_URL`](../../reference/settings.md). Handlers begin with "
        + Reference.code("from: inbox:" + source())
        + ".\n\n";
  }

  /** What the address carries where the proof is in it. */
  private String query() {
    String place = scheme.places().get(0).signature();
    return place.startsWith("query:") ? "?" + place.substring("query:".length()) + "=SECRET" : "";
  }

  private String shippedSource(WebhookSource source) {
    return "The hub ships this source, "
        + Reference.code(source.location().replaceFirst(":\\d+$", ""))
        + ". "
        + capital(settings())
        + ".\n";
  }

  private String ownSource() {
    return capital(settings())
        + ", and open the source in `application.properties`"
        + " ([`hub.sources`]("
        + RECEIVING
        + "#sources-without-a-file)):\n\n"
        + "```properties\nhub.sources = "
        + scheme.name()
        + "\n```\n\nor by a route, "
        + Reference.code("routes/" + scheme.name() + "/" + scheme.name() + "-webhook.camel.yaml")
        + ":\n\n```yaml\n"
        + route()
        + "```\n";
  }

  /** The shortest route of this source. */
  String route() {
    return """
    - route:
        id: %1$s-webhook
        description: Receives the webhooks of %2$s.
        from: {uri: "kamelet:webhook-source?source=%1$s&scheme=%1$s", steps: [{to: {uri: "inbox:%1$s"}}]}
    """
        .formatted(scheme.name(), scheme.about().title());
  }

  private String settings() {
    List<String> names = new ArrayList<>();
    if (!scheme.variable().isEmpty()) {
      names.add(scheme.variable());
    }
    names.addAll(proof.furtherVariables());
    return names.isEmpty()
        ? "nothing has to be set"
        : "set " + names.stream().map(Reference::code).collect(joining(" and "));
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private String events() {
    List<List<String>> rows = new ArrayList<>();
    if (!scheme.payload().form().isEmpty()) {
      rows.add(List.of("JSON", SchemeWords.place("form:" + scheme.payload().form())));
    }
    if (!scheme.payload().each().isEmpty()) {
      rows.add(
          List.of(
              "events of a request",
              "each of "
                  + Reference.code(scheme.payload().each())
                  + ", from which what begins with `$` is read; all are stored in one commit"));
    }
    rows.add(List.of("id", SchemeWords.firstOf(scheme.event().eventId(), "")));
    rows.add(List.of("type", SchemeWords.firstOf(scheme.event().eventType(), "")));
    rows.add(
        List.of(
            "ordering key",
            SchemeWords.firstOf(
                scheme.event().orderingKey(), "none: events are handled in any order")));
    new TreeMap<>(scheme.variables())
        .forEach(
            (name, path) ->
                rows.add(List.of("variable " + Reference.code(name), Reference.code(path))));
    return "## Events\n\n" + Reference.table(List.of("field", "where it is"), rows) + "\n";
  }

  private String answers() {
    StringBuilder text = new StringBuilder();
    Answer stored = scheme.responses().stored();
    if (stored.status() > 0) {
      text.append("A stored event is answered ")
          .append(answer(stored))
          .append(", as the sender wants it. ");
    }
    if (scheme.responses().silentForms()) {
      text.append("A form is answered without a body. ");
    }
    Answer refused = scheme.responses().refused();
    if (refused.status() > 0) {
      text.append("A request without its proof is answered ").append(answer(refused)).append(". ");
    }
    return text.length() == 0
        ? ""
        : "## Answers\n\n"
            + text
            + "Else it is what [every source]("
            + RECEIVING
            + "#what-the-sender-is-answered) answers.\n\n";
  }

  /** The words for an answer. */
  static String answer(Answer answer) {
    boolean empty = answer.body().isEmpty();
    boolean problem = answer.contentType().isEmpty();
    return answer.status()
        + (problem
            ? ""
            : empty
                ? " without a body"
                : " with " + Reference.code(answer.body()) + " (`" + answer.contentType() + "`)");
  }

  private String notes() {
    String notes = scheme.about().notes();
    return notes.isEmpty() ? "" : "## Notes\n\n" + notes.replace("<", "\\<") + "\n\n";
  }

  /** Types of the samples, each once. */
  static List<String> sampleTypes(WebhookScheme scheme) {
    return scheme.samples().stream().map(Sample::type).distinct().toList();
  }
}
