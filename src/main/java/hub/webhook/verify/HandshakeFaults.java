package hub.webhook.verify;

import hub.webhook.verify.WebhookScheme.Answer;
import hub.webhook.verify.WebhookScheme.Handshake;
import java.util.List;

/** Finds the faults of a handshake, above all answers that a stranger could abuse. */
record HandshakeFaults(WebhookScheme scheme, String member, List<String> faults) {

  void check(Handshake handshake) {
    for (String condition : handshake.when()) {
      if (Condition.parse(condition).isEmpty()) {
        add("when", "'" + condition + "' cannot be read", "write PLACE == 'text'");
      }
    }
    handshake
        .checks()
        .forEach(
            (place, expected) -> {
              if (Place.parse(place).isEmpty()) {
                add(
                    "check",
                    "'" + place + "' is no place",
                    "write header:NAME, query:NAME or $.path");
              }
              SchemeFaults.templateFault(expected)
                  .ifPresent(name -> add("check", "{" + name + "} is unknown", "write {secret}"));
            });
    if (!handshake.checks().isEmpty()
        && handshake.checks().values().stream()
            .noneMatch(
                expected ->
                    Template.placeholders(expected).stream().anyMatch(HandshakeFaults::isSecret))) {
      add("check", "proves nothing, because it holds no secret", "write {secret} or {secret:NAME}");
    }
    contentType(member + ".answer", handshake.answer(), faults);
    String body = handshake.answer().body();
    SchemeFaults.templateFault(body)
        .ifPresent(
            name ->
                add("answer.body", "{" + name + "} is unknown", "see the reference of schemes"));
    boolean reveals = Template.placeholders(body).stream().anyMatch(HandshakeFaults::isSecret);
    if (reveals) {
      add("answer.body", "shows a secret", "answer what was asked, or an {hmac:…} of it");
    }
    if (!isProven(handshake)) {
      unproven(handshake, body);
    }
  }

  /** A content type that no header can hold would be an error at each request. */
  static void contentType(String member, Answer answer, List<String> faults) {
    if (!answer.contentType().chars().allMatch(c -> c >= ' ' && c <= '~')) {
      faults.add(member + ".content-type: has other letters than a header; write text/plain");
    }
  }

  private void unproven(Handshake handshake, String body) {
    boolean signs = body.contains("{hmac:");
    if (signs && !handshake.oracle()) {
      add(
          "answer.body",
          "signs text that a caller chooses who is not verified",
          "remove verified: false, add a check, or say oracle: true");
    }
    if (signs && !signsEventsOfItsOwn()) {
      add(
          "oracle",
          "would let a caller forge events, because `signed` does not contain {body}",
          "remove oracle: true, or sign {body}");
    }
    if (signs && !handshake.answer().contentType().matches("(application/json|text/plain).*")) {
      add(
          "answer.content-type",
          "of an answer without a proof is neither text/plain nor application/json",
          "write one of them");
    }
    if (!signs && !handshake.answer().contentType().startsWith("text/plain")) {
      add(
          "answer.content-type",
          "of an answer without a proof is not text/plain",
          "write text/plain, or remove verified: false");
    }
  }

  /** Whether what the sender signs always holds the body, which no challenge looks like. */
  private boolean signsEventsOfItsOwn() {
    return scheme.signed().contents().stream()
        .allMatch(content -> content.template().contains("{body}"));
  }

  private boolean isProven(Handshake handshake) {
    return !handshake.checks().isEmpty()
        || (handshake.verified() && scheme.proof() != WebhookScheme.Proof.NONE);
  }

  private static boolean isSecret(String placeholder) {
    return placeholder.equals("secret")
        || placeholder.startsWith("secret:")
        || placeholder.startsWith("{");
  }

  private void add(String part, String fault, String remedy) {
    faults.add(member + "." + part + ": " + fault + "; " + remedy);
  }
}
