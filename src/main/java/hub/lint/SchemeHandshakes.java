package hub.lint;

import static java.util.stream.Collectors.joining;

import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookScheme.Handshake;
import hub.webhook.verify.WebhookScheme.Proof;

/** Says which requests of a sender are answered and not stored. */
record SchemeHandshakes(WebhookScheme scheme) {

  /** Empty when there are none. */
  String section() {
    return scheme.responses().handshakes().isEmpty()
        ? ""
        : "## Handshakes\n\nThese are answered and not stored.\n\n"
            + scheme.responses().handshakes().stream()
                .map(one -> "- " + handshake(one) + "\n")
                .collect(joining())
            + "\n";
  }

  private String handshake(Handshake handshake) {
    return Reference.code(handshake.method())
        + (handshake.when().isEmpty()
            ? ""
            : " where "
                + handshake.when().stream().map(SchemeWords::condition).collect(joining(" and ")))
        + ": "
        + SchemePage.answer(handshake.answer())
        + ". "
        + proof(handshake);
  }

  private String proof(Handshake handshake) {
    if (!handshake.checks().isEmpty()) {
      return "It must show: "
          + handshake.checks().entrySet().stream()
              .map(check -> SchemeWords.place(check.getKey()) + " is " + secret(check.getValue()))
              .sorted()
              .collect(joining(", "))
          + ".";
    }
    if (handshake.verified() && scheme.proof() != Proof.NONE) {
      return "It must be proven like an event.";
    }
    return handshake.oracle()
        ? "Anybody may ask; only a text is signed that no body can be."
        : "Anybody may ask, and gets back what he asked.";
  }

  private static String secret(String template) {
    if (template.equals("{secret}")) {
      return "the secret";
    }
    return template.startsWith("{secret:")
        ? "the value of " + Reference.code(template.substring("{secret:".length()).replace("}", ""))
        : Reference.code(template);
  }
}
