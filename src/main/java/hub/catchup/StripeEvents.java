package hub.catchup;

import com.fasterxml.jackson.databind.JsonNode;
import hub.config.Settings;
import hub.provider.stripe.OwnEventFilter;
import hub.util.Json;
import hub.webhook.FetchedEvents;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Stripe's events that it could not deliver to one of its endpoints. Takes those of the mode and
 * accounts that the shipped handlers act on.
 *
 * @see <a href="https://docs.stripe.com/api/events/list">Stripe: list all events</a>
 */
final class StripeEvents implements Undelivered {
  static final String NAME = "stripe";

  /** The variable of the key that events are fetched with. */
  static final String SECRET_KEY = "STRIPE_SECRET_KEY";

  /** Stripe's own limit of {@code types}. */
  private static final int MOST_TYPES = 20;

  /** The most that Stripe puts into a page. */
  private static final int PAGE = 100;

  private static final Duration KEPT = Duration.ofDays(30);

  private final String source;
  private final Supplier<Types> types;
  private final ApiPages list;
  private final Supplier<FetchedEvents> reader;
  private final Settings settings;

  /**
   * @param types asked for at each page
   */
  StripeEvents(
      String source,
      Supplier<Types> types,
      ApiPages list,
      Supplier<FetchedEvents> reader,
      Settings settings) {
    this.source = source;
    this.types = types;
    this.list = list;
    this.reader = reader;
    this.settings = settings;
  }

  /** An event that came with its list. */
  private record Whole(Event event) implements Listed {
    @Override
    public String id() {
      return event.fields().id();
    }

    @Override
    public int bytes() {
      return event.payload().length;
    }

    @Override
    public Optional<Event> load() {
      return Optional.of(event);
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
  public List<String> missing(Settings from) {
    return from.named(SECRET_KEY).isEmpty() ? List.of(SECRET_KEY) : List.of();
  }

  @Override
  public String remedy() {
    return SECRET_KEY
        + " must be a valid key; a restricted one needs the permission to read events";
  }

  @Override
  public Page page(Window window, Optional<String> cursor) throws Exception {
    Types wanted = types.get();
    byte[] body = list.ask(first -> address(first, window, cursor, wanted)).body();
    JsonNode page = Json.parseLastWins(body).orElseGet(Json::object);
    if (!page.path("data").isArray()) {
      throw new IOException("Stripe's answer is not a list of events: it has no 'data'");
    }
    List<Listed> events = new ArrayList<>();
    Optional<String> fault = Optional.empty();
    Optional<String> last = Optional.empty();
    for (byte[] payload : FetchedEvents.elements("$.data[*]", body)) {
      JsonNode event = Json.parseLastWins(payload).orElseThrow();
      Optional<FetchedEvents.Fields> fields =
          reader.get().read(source, NAME, Map.of("content-type", "application/json"), payload);
      if (!event.path("id").isTextual() || fields.isEmpty()) {
        fault = Optional.of("Stripe lists an event without an id");
        continue;
      }
      last = Optional.of(event.get("id").asText());
      if (isOurs(event)
          && wanted.taken().test(fields.get().type())
          && window.contains(Instant.ofEpochSecond(event.path("created").asLong()))) {
        events.add(new Whole(new Event(fields.get(), payload)));
      }
    }
    return new Page(events, page.path("has_more").asBoolean() ? last : Optional.empty(), fault);
  }

  private static URI address(URI first, Window window, Optional<String> cursor, Types wanted) {
    StringBuilder query = new StringBuilder("?delivery_success=false&limit=" + PAGE);
    add(query, "created[gte]", Long.toString(window.since().getEpochSecond()));
    add(query, "created[lte]", Long.toString(window.until().getEpochSecond()));
    wanted
        .names()
        .filter(names -> names.size() <= MOST_TYPES)
        .ifPresent(names -> names.forEach(name -> add(query, "types[]", name)));
    cursor.ifPresent(id -> add(query, "starting_after", id));
    return URI.create(first.toString() + query);
  }

  private static void add(StringBuilder query, String name, String value) {
    query
        .append('&')
        .append(URLEncoder.encode(name, StandardCharsets.UTF_8))
        .append('=')
        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
  }

  private boolean isOurs(JsonNode event) {
    boolean ofOther = event.hasNonNull("account") && !event.get("account").asText().isEmpty();
    if (ofOther && !settings.text(OwnEventFilter.ACCOUNTS).equals("any")) {
      return false;
    }
    String mode = settings.text(OwnEventFilter.LIVEMODE);
    Optional<String> ours =
        mode.equals("auto") ? OwnEventFilter.modeOf(settings.text(SECRET_KEY)) : Optional.of(mode);
    String theirs = event.path("livemode").asBoolean() ? "live" : "test";
    return !event.has("livemode")
        || ours.isEmpty()
        || ours.get().equals("any")
        || ours.get().equals(theirs);
  }
}
