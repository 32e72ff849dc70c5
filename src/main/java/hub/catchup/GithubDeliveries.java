package hub.catchup;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.http.ProviderResponse;
import hub.call.policy.CallFailedException;
import hub.config.Settings;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

  private static final Pattern NEXT =
      Pattern.compile("<([^>]*)>\\s*;[^,]*\\brel=\"?next\"?", Pattern.CASE_INSENSITIVE);

  private static final int LISTED_BYTES = 200;
  private static final int GONE = 410;
  private static final int NOT_FOUND = 404;

  private final String source;
  private final Supplier<Types> types;
  private final ProviderCalls calls;
  private final FetchedEvents reader;
  private final ApiAccess api;

  /** Ids of deliveries of which an attempt was answered with a 2xx, as far as the list was read. */
  private final Set<String> delivered = new HashSet<>();

  GithubDeliveries(
      String source,
      Supplier<Types> types,
      ProviderCalls calls,
      FetchedEvents reader,
      ApiAccess api) {
    this.source = source;
    this.types = types;
    this.calls = calls;
    this.reader = reader;
    this.api = api;
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
    public Optional<Event> load() throws IOException {
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
    return api.missing(settings);
  }

  @Override
  public String remedy() {
    return api.secretName() + " must be a token that may read the webhook at " + api.path();
  }

  @Override
  public Page page(Window window, Optional<String> cursor) throws IOException {
    if (cursor.isEmpty()) {
      delivered.clear();
    }
    ProviderResponse answer =
        ask("list-deliveries", cursor.orElse(api.address() + "?per_page=100"));
    JsonNode list = Json.parseLastWins(answer.body()).orElseThrow();
    if (!list.isArray()) {
      throw new IOException("GitHub's answer is not a list of deliveries");
    }
    Types wanted = types.get();
    List<Listed> events = new ArrayList<>();
    Optional<String> fault = Optional.empty();
    boolean older = false;
    for (JsonNode one : list) {
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
    return new Page(events, older || list.isEmpty() ? Optional.empty() : next(answer), fault);
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

  /** The address of the next page; never one of another host, which would get the token. */
  private Optional<String> next(ProviderResponse answer) throws IOException {
    for (String link : answer.headers().allValues("Link")) {
      Matcher next = NEXT.matcher(link);
      if (next.find()) {
        URI address = URI.create(api.address()).resolve(next.group(1));
        api.requireOwn(address);
        return Optional.of(address.toString());
      }
    }
    return Optional.empty();
  }

  private Optional<Event> event(String number) throws IOException {
    byte[] body;
    try {
      body = ask("get-delivery", api.address() + "/" + number).body();
    } catch (CallFailedException e) {
      if (e.failure().status() == NOT_FOUND || e.failure().status() == GONE) {
        return Optional.empty();
      }
      throw e;
    }
    List<byte[]> payloads = FetchedEvents.elements("$.request.payload", body);
    Map<String, String> headers = new LinkedHashMap<>();
    Json.parseLastWins(body)
        .orElseThrow()
        .at("/request/headers")
        .properties()
        .forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
    // The payload comes as JSON, in whatever form the webhook would have sent it.
    headers.keySet().removeIf(name -> name.equalsIgnoreCase("content-type"));
    headers.put("content-type", "application/json");
    return payloads.isEmpty()
        ? Optional.empty()
        : reader
            .read(source, NAME, headers, payloads.get(0))
            .map(fields -> new Event(fields, payloads.get(0)));
  }

  private ProviderResponse ask(String operation, String address) throws IOException {
    return calls.get(NAME, operation, api.ratePerSecond(), api.request(URI.create(address)));
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
