package hub.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.inbox.ProofHeaders;
import hub.util.Json;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A request's headers as they are kept with its event: names in lower case, secrets masked, Camel's
 * own left out.
 */
final class StoredHeaders {
  /**
   * All headers of a request are at most 8 KiB by the server's own limit; this leaves room for
   * JSON's quoting.
   */
  private static final int MAX_CHARACTERS = 60_000;

  private StoredHeaders() {}

  /**
   * A JSON object of strings; several values of one name are joined by a comma, as HTTP allows.
   *
   * @param proofs names, in lower case, of the headers by which the source's senders prove
   *     themselves, masked beside those that {@link ProofHeaders} knows by their names
   */
  static String json(MultiMap headers, Set<String> proofs) {
    ObjectNode kept = Json.object();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith("camel")) {
        continue;
      }
      boolean proof = proofs.contains(name) || ProofHeaders.isIn(name);
      String value = proof ? ProofHeaders.MASK : header.getValue().replace('\u0000', '?');
      kept.put(name, kept.has(name) ? kept.get(name).asText() + ", " + value : value);
    }
    String json = Json.text(kept);
    return json.length() <= MAX_CHARACTERS ? json : "{}";
  }
}
