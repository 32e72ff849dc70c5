package hub.webhook.verify;

import hub.webhook.verify.WebhookScheme.Content;
import hub.webhook.verify.WebhookScheme.Places;
import hub.webhook.verify.WebhookScheme.Proof;
import java.util.List;
import java.util.regex.Pattern;

/** Finds places of a scheme that cannot be read, or that its proof does not read. */
record PlaceFaults(WebhookScheme scheme, List<String> faults) {
  private static final String WRITE = "write header:NAME, query:NAME, form:NAME or a JSONPath";

  /** Names and numbers, and <code>[*]</code> for all elements. */
  private static final Pattern EACH =
      Pattern.compile("\\$(\\.[\\w-]+|\\['[^']+']|\\[\\d+]|\\[\\*])*");

  /** A part without a name, or all from there. */
  private static final Pattern NUMBER = Pattern.compile("\\d{1,4}\\+?");

  void check() {
    for (Places places : scheme.places()) {
      readable("signature.in", places.signature());
      if (!places.timestamp().startsWith(Places.FIELD)) {
        readable("timestamp.in", places.timestamp());
      }
      if (!places.timestamp().equals(scheme.places().get(0).timestamp())
          && !places.timestampField().isEmpty()) {
        add(
            "alternatives",
            "may not take the timestamp from a field of the signature",
            "write a header, a query parameter or a path of the body");
      }
    }
    scheme.signed().contents().forEach(this::digest);
    if (scheme.proof() == Proof.BASIC
        && EventFields.headerOf(scheme.places().get(0).signature()).isEmpty()) {
      add("signature.in", "of basic is no header", "write header:Authorization");
    }
    String each = scheme.payload().each();
    if (!each.isEmpty() && !EACH.matcher(each).matches()) {
      add("event.each", "'" + each + "' is no path of names, numbers and [*]", "write $.items[*]");
    }
    WebhookScheme.Format format = scheme.format();
    if (!format.field().isEmpty()
        && format.assign().isEmpty()
        && !format.field().contains("{{")
        && !NUMBER.matcher(format.field()).matches()) {
      add("signature.field", "must be the index of a part without a name", "write 0, 1 or 1+");
    }
    for (String host : scheme.keys().hosts()) {
      if (host.matches(".*\\*[^.]*\\*.*")) {
        add("keys.hosts", "'" + host + "' has two stars in one label", "write one");
      }
    }
  }

  private void readable(String member, String place) {
    if (!place.isEmpty() && Place.parse(place).isEmpty()) {
      add(member, "'" + place + "' is no place", WRITE);
    }
  }

  private void digest(Content content) {
    String in = content.digest().in();
    if (in.isEmpty()) {
      return;
    }
    boolean inClaim = in.startsWith(BodyDigest.CLAIM);
    if (inClaim != (scheme.proof() == Proof.JWT)) {
      add(
          "digest.in",
          inClaim ? "claim:NAME is for proof jwt alone" : "with proof jwt the digest is in a claim",
          inClaim ? WRITE : "write claim:NAME");
    } else if (!inClaim) {
      readable("digest.in", in);
    }
  }

  private void add(String member, String fault, String remedy) {
    faults.add(member + ": " + fault + "; " + remedy);
  }
}
