package hub.lint;

import static java.util.stream.Collectors.joining;

import hub.webhook.verify.WebhookScheme;
import java.util.List;

/**
 * Says how a source is tried out without its sender.
 *
 * @param source its name
 */
record SchemeTrial(WebhookScheme scheme, String source) {

  String section() {
    return "## Try it\n\n" + (isFetched() ? fetched() : keyPair() + sent());
  }

  /** Whether the keys come from the sender's own address, where nobody else's can lie. */
  private boolean isFetched() {
    return !scheme.keys().url().isEmpty();
  }

  private String fetched() {
    return "Only the sender can sign, because its keys are fetched from its own hosts: let it send a test event.\n";
  }

  private String keyPair() {
    if (scheme.keys().variable().isEmpty()) {
      return "";
    }
    return "On a hub for tests a pair of keys of your own takes the place of the sender's:\n\n```sh\nopenssl genpkey "
        + algorithm()
        + " -out sender.pem\nmkdir -p data/secrets\nopenssl pkey -in sender.pem -pubout > data/secrets/"
        + scheme.keys().variable()
        + "\n```\n\n";
  }

  private String algorithm() {
    return switch (scheme.signed().algorithm()) {
      case "ed25519" -> "-algorithm ed25519";
      case "ecdsa-p256-sha256", "es256" -> "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";
      default -> "-algorithm RSA";
    };
  }

  private String sent() {
    List<String> types = SchemePage.sampleTypes(scheme);
    return "```sh\njava -jar target/integration-master.jar send "
        + source
        + (types.isEmpty() ? "" : " " + types.get(0))
        + (scheme.keys().variable().isEmpty() ? "" : " --private-key sender.pem")
        + "\n```\n\nsigns a sample and sends it to the hub."
        + (types.isEmpty()
            ? ""
            : " There are samples of "
                + types.stream().map(Reference::code).collect(joining(", "))
                + ".")
        + "\n";
  }
}
