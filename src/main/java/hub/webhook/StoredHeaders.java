package hub.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.inbox.ProofHeaders;
import hub.util.Json;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The headers of a request as they are stored with its event: names in lower case, secrets masked,
 * without Camel's own.
 */
final class StoredHeaders {
  /** The server accepts at most 8 KiB of headers; this leaves room for the escapes of JSON. */
  private static final int MAX_CHARACTERS = 60_000;

  private StoredHeaders() {}

  /**
   * A JSON object of strings; several values of one name are joined by a comma, as HTTP allows.
   *
   * @param proofs names, in lower case, of the headers with the source's signatures or tokens; they
   *     are masked, as are those of {@link ProofHeaders}
   */
  static String json(MultiMap headers, Set<String> proofs) {
    ObjectNode stored = Json.object();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith("camel")) {
        continue;
      }
      boolean proof = proofs.contains(name) || ProofHeaders.isIn(name);
      String value = proof ? ProofHeaders.MASK : header.getValue().replace('\u0000', '?');
      stored.put(name, stored.has(name) ? stored.get(name).asText() + ", " + value : value);
    }
    String json = Json.text(stored);
    return json.length() <= MAX_CHARACTERS ? json : "{}";
  }
}
