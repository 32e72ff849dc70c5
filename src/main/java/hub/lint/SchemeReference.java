package hub.lint;

import static java.util.stream.Collectors.joining;

import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.WebhookScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Generates the reference page of the schemes: who is known, and the language of their files. */
final class SchemeReference {
  private SchemeReference() {}

  /**
   * @param docs folder of the documentation, with the examples
   */
  static String page(Path docs) throws IOException {
    return "# Webhook schemes\n\n"
        + Reference.GENERATED
        + """
        A scheme says how a sender proves its webhooks, and where their fields are. It is one file,
        `NAME.scheme.yaml`. The parameter `scheme` of [`webhook-source`](webhook-source.md) names it. What a scheme
        does not fix, the route says with the parameter that stands in its place.

        ## Senders

        """
        + senders()
        + """

        ## Any other sender

        These are for nobody in particular. The route says the rest.

        """
        + generic()
        + SchemeLanguageText.OWN
        + SchemeLanguage.table()
        + SchemeLanguageText.EXPRESSIONS
        + SchemeExamples.sections(docs);
  }

  private static String senders() {
    List<List<String>> rows =
        SchemeFiles.shipped().senders().stream()
            .map(SchemePages::proof)
            .sorted(
                Comparator.comparing(
                    proof -> proof.scheme().about().title(), String.CASE_INSENSITIVE_ORDER))
            .map(SchemeReference::row)
            .toList();
    return rows.size()
        + " senders are known. Each has a page: how it is verified, where its secret is found, how it is tried.\n\n"
        + Reference.table(List.of("sender", "scheme", "proof", "signed time", "variable"), rows);
  }

  private static List<String> row(SchemeProof proof) {
    WebhookScheme scheme = proof.scheme();
    String page = "../" + SchemePages.FOLDER + "/" + scheme.name() + ".md";
    return List.of(
        "[" + scheme.about().title() + "](" + page + ")",
        Reference.code(scheme.name()),
        proof.kind(),
        proof.tolerance(),
        Reference.code(scheme.variable()));
  }

  private static String generic() {
    SchemeFiles files = SchemeFiles.shipped();
    List<List<String>> rows = new ArrayList<>();
    for (String name : files.names()) {
      if (!files.senders().contains(name)) {
        WebhookScheme scheme = files.named(name).orElseThrow();
        rows.add(List.of(Reference.code(name), description(scheme), parameters(scheme)));
      }
    }
    return Reference.table(List.of("scheme", "proof", "parameters of the route"), rows);
  }

  private static String description(WebhookScheme scheme) {
    return scheme.description()
        + (scheme.docs().isEmpty() ? "" : " [Standard](" + scheme.docs() + ").");
  }

  private static String parameters(WebhookScheme scheme) {
    List<String> names = new ArrayList<>();
    if (scheme.needsSecret()) {
      names.add("secrets");
    }
    names.addAll(scheme.options());
    names.addAll(List.of("eventId", "eventType", "orderingKey"));
    return names.stream().map(Reference::code).collect(joining(", "));
  }
}
