package hub.catchup;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.http.ProviderResponse;
import hub.call.policy.CallFailedException;
import hub.config.Settings;
import hub.poll.NextPage;
import hub.util.Json;
import hub.webhook.FetchedEvents;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Deliveries of a GitHub webhook, of a repository, an organization or an app, none of whose
 * attempts was answered with a 2xx.
 *
 * @see <a href="https://docs.github.com/en/rest/repos/webhooks">GitHub: repository webhooks</a>
 */
final class GithubDeliveries implements Undelivered {
  static final String NAME = "github";

  /** As GitHub says of its list of recent deliveries. */
  private static final Duration KEPT = Duration.ofDays(3);

  private static final NextPage NEXT = new NextPage("link", "");

  private static final int LISTED_BYTES = 200;
  private static final int GONE = 410;
  private static final int NOT_FOUND = 404;

  private final String source;
  private final Supplier<Types> types;
  private final ApiPages list;
  private final ApiPages deliveries;
  private final Supplier<FetchedEvents> reader;
  private final String path;
  private final List<String> needs;
  private final String shown;

  /** Ids of deliveries of which an attempt was answered with a 2xx, as far as the list was read. */
  private final Set<String> delivered = new HashSet<>();

  /**
   * @param list asks for the pages at {@code path}
   * @param deliveries likewise, for a delivery by itself
   * @param path of the webhook's deliveries; empty: not configured
   * @param needs names of the settings without which nothing is asked
   * @param shown whose token is used, for messages
   */
  GithubDeliveries(
      String source,
      Supplier<Types> types,
      ApiPages list,
      ApiPages deliveries,
      Supplier<FetchedEvents> reader,
      String path,
      List<String> needs,
      String shown) {
    this.source = source;
    this.types = types;
    this.list = list;
    this.deliveries = deliveries;
    this.reader = reader;
    this.path = path;
    this.needs = needs;
    this.shown = shown;
  }

  /** An attempt at a delivery; its payload is asked for by itself. */
  private final class Attempt implements Listed {
    private final String number;
    private final String guid;

    Attempt(String number, String guid) {
      this.number = number;
      this.guid = guid;
    }

    @Override
    public String id() {
      return guid;
    }

    @Override
    public int bytes() {
      return LISTED_BYTES;
    }

    @Override
    public Optional<Event> load() throws Exception {
      return event(number);
    }
  }

  @Override
  public String provider() {
    return NAME;
  }

  @Override
  public Duration kept() {
    return KEPT;
  }

  @Override
  public List<String> missing(Settings settings) {
    if (path.isEmpty()) {
      return List.of("path");
    }
    return needs.stream().filter(name -> settings.named(name).isEmpty()).toList();
  }

  @Override
  public String remedy() {
    return shown + " must have a token that may read the webhook at " + path;
  }

  @Override
  public Page page(Window window, Optional<String> cursor) throws Exception {
    if (cursor.isEmpty()) {
      delivered.clear();
    }
    URI[] asked = new URI[1];
    ProviderResponse answer =
        list.ask(
            first -> {
              asked[0] = cursor.map(URI::create).orElseGet(() -> withQuery(first));
              return asked[0];
            });
    JsonNode page = Json.parseLastWins(answer.body()).orElseGet(Json::object);
    if (!page.isArray()) {
      throw new IOException("GitHub's answer is not a list of deliveries");
    }
    Types wanted = types.get();
    List<Listed> events = new ArrayList<>();
    Optional<String> fault = Optional.empty();
    boolean older = false;
    for (JsonNode one : page) {
      Optional<Instant> at = time(one.path("delivered_at").asText());
      if (!one.hasNonNull("id") || !one.path("guid").isTextual() || at.isEmpty()) {
        fault = Optional.of("GitHub lists a delivery without id, guid or delivered_at");
        continue;
      }
      String guid = one.get("guid").asText();
      int status = one.path("status_code").asInt();
      older = at.get().isBefore(window.since());
      if (status >= 200 && status < 300) {
        delivered.add(guid);
      } else if (window.contains(at.get()) && wanted.taken().test(one.path("event").asText())) {
        events.add(new Attempt(one.get("id").asText(), guid));
      }
    }
    return new Page(
        events,
        older || page.isEmpty()
            ? Optional.empty()
            : NEXT.after(asked[0], answer, page).map(URI::toString),
        fault);
  }

  @Override
  public List<Listed> undelivered(List<Listed> listed) {
    Map<String, Listed> newest = new LinkedHashMap<>();
    for (Listed one : listed) {
      if (!delivered.contains(one.id())) {
        newest.putIfAbsent(one.id(), one);
      }
    }
    return List.copyOf(newest.values());
  }

  private static URI withQuery(URI list) {
    return URI.create(list + "?per_page=100");
  }

  private Optional<Event> event(String number) throws Exception {
    byte[] body;
    try {
      body = deliveries.ask(first -> URI.create(first + "/" + number)).body();
    } catch (CallFailedException e) {
      if (e.failure().status() == NOT_FOUND || e.failure().status() == GONE) {
        return Optional.empty();
      }
      throw e;
    }
    List<byte[]> payloads = FetchedEvents.elements("$.request.payload", body);
    Map<String, String> headers = new LinkedHashMap<>();
    Json.parseLastWins(body)
        .orElseGet(Json::object)
        .at("/request/headers")
        .properties()
        .forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
    // The payload comes as JSON, in whatever form the webhook would have sent it.
    headers.keySet().removeIf(name -> name.equalsIgnoreCase("content-type"));
    headers.put("content-type", "application/json");
    return payloads.isEmpty()
        ? Optional.empty()
        : reader
            .get()
            .read(source, NAME, headers, payloads.get(0))
            .map(fields -> new Event(fields, payloads.get(0)));
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
