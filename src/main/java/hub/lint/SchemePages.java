package hub.lint;

import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.Schemes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Generates a page for every sender whose scheme is shipped. */
final class SchemePages {
  /** Below the documentation's folder. */
  static final String FOLDER = "providers/webhooks";

  private SchemePages() {}

  /** The content of every page by its file. */
  static Map<Path, String> of(Path docs, Path routes) {
    List<WebhookSource> sources = WebhookSource.in(routes);
    Map<Path, String> pages = new TreeMap<>();
    for (String sender : SchemeFiles.shipped().senders()) {
      pages.put(docs.resolve(FOLDER).resolve(sender + ".md"), page(sender, sources).text());
    }
    return pages;
  }

  /**
   * @param sources that are shipped
   */
  static SchemePage page(String sender, List<WebhookSource> sources) {
    SchemeProof proof = proof(sender);
    Optional<WebhookSource> shipped =
        sources.stream().filter(one -> one.options().scheme().equals(sender)).findFirst();
    return new SchemePage(proof.scheme(), proof, shipped);
  }

  static SchemeProof proof(String name) {
    Schemes schemes = new Schemes(SchemeFiles.shipped());
    return new SchemeProof(
        schemes.named(name).orElseThrow(), List.copyOf(schemes.furtherVariables(name)));
  }
}
