package hub.catchup;

import com.fasterxml.jackson.databind.JsonNode;
import hub.config.Settings;
import hub.poll.ListItem;
import hub.poll.ListPage;
import hub.poll.NextPage;
import hub.poll.PageSource;
import hub.util.Json;
import hub.util.JsonField;
import hub.webhook.FetchedEvents;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The items of any list of an HTTP API; what of it has arrived is known by its id alone. */
final class HttpItems implements Undelivered {
  static final String NAME = "http";

  private static final String HEADERS = "{\"content-type\":\"application/json\"}";

  /** Larger numbers are milliseconds: as seconds they would be after the year 5000. */
  private static final long MOST_SECONDS = 100_000_000_000L;

  /**
   * How the list is read.
   *
   * @param eventTime JSONPath of an item's time; empty: every item counts as within the window
   * @param sinceQuery name of the query parameter that carries the window's start; empty: none
   * @param needs names of the settings without which nothing is asked
   * @param shown what the hub shows to the API, for messages; empty: nothing
   */
  record Options(
      String host,
      Optional<JsonField> eventTime,
      String sinceQuery,
      String untilQuery,
      boolean newestFirst,
      int maxPages,
      List<String> needs,
      String shown) {}

  private final PageSource pages;
  private final Supplier<Types> types;
  private final Options options;

  HttpItems(PageSource pages, Supplier<Types> types, Options options) {
    this.pages = pages;
    this.types = types;
    this.options = options;
  }

  private record Item(Event event) implements Listed {
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
    return options.host();
  }

  @Override
  public Duration kept() {
    return Duration.ofDays(365L * 100);
  }

  @Override
  public List<String> missing(Settings settings) {
    return options.needs().stream().filter(name -> settings.named(name).isEmpty()).toList();
  }

  @Override
  public String remedy() {
    return options.shown().isEmpty()
        ? "set auth of catch-up-source"
        : options.shown() + " must be allowed to read the list";
  }

  @Override
  public boolean isNewestFirst() {
    return options.newestFirst();
  }

  @Override
  public int mostPages() {
    return options.maxPages();
  }

  @Override
  public Page page(Window window, Optional<String> cursor) throws Exception {
    ListPage page =
        pages.ask(first -> cursor.map(URI::create).orElseGet(() -> within(first, window)));
    Types wanted = types.get();
    List<Listed> events = new ArrayList<>();
    Optional<String> fault = Optional.empty();
    for (ListItem item : page.items()) {
      Optional<Instant> time = options.eventTime().flatMap(path -> time(path, item));
      if (options.eventTime().isPresent() && time.isEmpty()) {
        fault = Optional.of("the item '" + item.id() + "' has no time at eventTime");
      } else if (wanted.taken().test(item.type()) && time.map(window::contains).orElse(true)) {
        events.add(
            new Item(
                new Event(
                    new FetchedEvents.Fields(item.id(), item.type(), item.orderingKey(), HEADERS),
                    item.payload())));
      }
    }
    return new Page(events, page.next().map(URI::toString), fault);
  }

  private URI within(URI address, Window window) {
    URI from = with(address, options.sinceQuery(), window.since());
    return with(from, options.untilQuery(), window.until());
  }

  private static URI with(URI address, String name, Instant time) {
    return name.isEmpty() ? address : NextPage.withParameter(address, name, time.toString());
  }

  private static Optional<Instant> time(JsonField path, ListItem item) {
    Optional<JsonNode> found = Json.parseLastWins(item.payload()).flatMap(path::in);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    if (found.get().isNumber()) {
      long number = found.get().asLong();
      return Optional.of(
          number > MOST_SECONDS ? Instant.ofEpochMilli(number) : Instant.ofEpochSecond(number));
    }
    try {
      return Optional.of(OffsetDateTime.parse(found.get().asText()).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
