package hub.webhook;

import hub.webhook.verify.EventFields;
import hub.webhook.verify.SchemeCatalog;
import hub.webhook.verify.VerifiedRequest;
import hub.webhook.verify.WebhookRejectedException;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads events that the hub fetched from a provider, as it would have read the webhooks with them:
 * the same id, type and ordering key, so that one that arrives by webhook as well is a duplicate.
 * Thread-safe.
 */
public final class FetchedEvents {
  /** Name in the registry. */
  public static final String BEAN = "fetchedEvents";

  /**
   * The fields of an event.
   *
   * @param headers JSON object of the headers, secrets masked
   */
  public record Fields(String id, String type, Optional<String> orderingKey, String headers) {}

  private final SchemeCatalog schemes;

  /** By source: the fields of its webhook route, with the route's own parameters. */
  private final Map<String, EventFields> sources = new ConcurrentHashMap<>();

  /**
   * @param schemes tell the fields of sources that have no webhook route
   */
  public FetchedEvents(SchemeCatalog schemes) {
    this.schemes = schemes;
  }

  /** A source's webhooks are read so from now on. */
  void declare(String source, EventFields fields) {
    sources.put(source, fields);
  }

  /**
   * The fields of a webhook with these headers and this body; empty when it has no id, or is not
   * what the source sends.
   *
   * @param scheme whose fields count where the source has no webhook route
   */
  public Optional<Fields> read(
      String source, String scheme, Map<String, String> headers, byte[] body) {
    MultiMap all = MultiMap.caseInsensitiveMultiMap();
    headers.forEach(all::set);
    WebhookRequest request =
        new WebhookRequest(
            "POST",
            "/api/webhooks/" + source,
            all,
            MultiMap::caseInsensitiveMultiMap,
            body,
            "",
            "");
    try {
      EventReader.Fields fields =
          new EventReader(fields(source, scheme))
              .read(request, request.signed(), new VerifiedRequest("", Optional.empty()));
      return Optional.of(
          new Fields(
              fields.id(), fields.type(), fields.orderingKey(), StoredHeaders.json(all, Set.of())));
    } catch (WebhookRejectedException e) {
      return Optional.empty();
    }
  }

  private EventFields fields(String source, String scheme) {
    return Optional.ofNullable(sources.get(source))
        .orElseGet(() -> schemes.named(scheme).orElseThrow().event());
  }

  /**
   * The values at a path of a JSON document, byte for byte.
   *
   * @param path of names, numbers and <code>[*]</code>, such as {@code $.data[*]}
   * @throws IOException when there is something else where a list should be
   */
  public static List<byte[]> elements(String path, byte[] document) throws IOException {
    return new JsonElements(path).in(document);
  }
}
