package hub.poll;

import hub.call.http.HttpStub;
import hub.call.policy.Providers;
import hub.inbox.SourceNames;
import hub.util.step.ContextStep;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins a run of a poll when one is due and its route is running: the body becomes an iterator
 * that asks page after page and gives the items that were stored as new events. The Kamelet {@code
 * poll-source} makes it and sets its parameters; its timer calls it every second.
 */
public final class PollSource extends ContextStep {
  private static final Logger LOG = LoggerFactory.getLogger("hub.poll");

  /** Longest time between two runs, in seconds: a month. */
  public static final int MOST_SECONDS = 2_678_400;

  /** Most pages of one run. */
  public static final int MOST_PAGES = 1_000_000;

  private static final String OLDEST_FIRST = "oldest-first";
  private static final String NEWEST_FIRST = "newest-first";

  /** The timer is not exact; without this a run would be left out where one is due each second. */
  static final Duration SLACK = Duration.ofMillis(300);

  /** While another node polls, and while the store is away. */
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(700);

  private static final Duration LONGEST_LOOK = Duration.ofSeconds(10);

  private final UUID owner = UUID.randomUUID();
  private final Map<String, Object> request = new HashMap<>();
  private final Map<String, Object> policy = new HashMap<>();
  private String source = "";
  private int everySeconds = 300;
  private String items = "";
  private String eventId = "";
  private String eventType = "";
  private String orderingKey = "";
  private String cursor = "";
  private String cursorQuery = "";
  private String next = "";
  private String nextQuery = "";
  private String order = OLDEST_FIRST;
  private int maxPages = 100;

  private PollRules rules;
  private HttpPages pages;
  private PollStreak streak;
  private volatile String templateRoute = "";

  /** When the store is asked again whether a run is due, by {@link System#nanoTime}. */
  private volatile long lookAt = System.nanoTime();

  /** The first run of a start does not wait until it is due. */
  private volatile boolean first = true;

  private volatile boolean opened;

  @Override
  public void process(Exchange exchange) {
    templateRoute = exchange.getFromRouteId();
    exchange.getMessage().setBody(begin(exchange));
  }

  private Iterator<PolledItem> begin(Exchange exchange) {
    if (isTest() || System.nanoTime() - lookAt < 0 || isHalted()) {
      return Collections.emptyIterator();
    }
    Polls polls = polls();
    try {
      if (!opened) {
        polls.table().open(source);
        opened = true;
      }
      Optional<PollPosition> position = polls.table().acquire(source, owner, polls.lease(), first);
      if (position.isEmpty()) {
        Duration wait = polls.table().waitFor(source);
        look(
            wait.compareTo(SHORTEST_WAIT) < 0
                ? SHORTEST_WAIT
                : wait.compareTo(LONGEST_LOOK) > 0 ? LONGEST_LOOK : wait);
        return Collections.emptyIterator();
      }
      first = false;
      return run(exchange, polls, position.get());
    } catch (SQLException | RuntimeException e) {
      look(
          streak.failed(
              PollOutcome.STORE_FAILED, String.valueOf(e.getMessage()), Optional.empty()));
      polls.metrics().ran(source, PollOutcome.STORE_FAILED);
      return Collections.emptyIterator();
    }
  }

  private Iterator<PolledItem> run(Exchange exchange, Polls polls, PollPosition position) {
    PollWalk walk = new PollWalk(rules, pages, polls.store(source, owner), position, polls.clock());
    PollRun run =
        new PollRun(
            new PollRun.Lease(source, owner, polls),
            walk,
            streak,
            bean(Providers.BEAN, Providers.class).of(provider()),
            this::isHalted,
            this::look);
    exchange
        .getExchangeExtension()
        .addOnCompletion(
            new SynchronizationAdapter() {
              @Override
              public void onDone(Exchange done) {
                run.close();
              }
            });
    return run;
  }

  private void look(Duration wait) {
    lookAt = System.nanoTime() + wait.toNanos();
  }

  /** Whether the hub is not running, or the route that begins with this poll is not. */
  private boolean isHalted() {
    if (!getCamelContext().isStarted()) {
      return true;
    }
    for (Route route : getCamelContext().getRoutes()) {
      if (route.getEndpoint() instanceof KameletEndpoint kamelet
          && templateRoute.equals(kamelet.getRouteId())) {
        ServiceStatus status =
            getCamelContext().getRouteController().getRouteStatus(route.getRouteId());
        return status == null || !status.isStarted();
      }
    }
    return true;
  }

  private boolean isTest() {
    return getCamelContext().getRegistry().lookupByName(HttpStub.BEAN) != null;
  }

  private Polls polls() {
    return bean(Polls.BEAN, Polls.class);
  }

  /** Starts with the route, so that wrong parameters stop the start. */
  @Override
  protected void doStart() {
    boolean oldestFirst =
        switch (order) {
          case OLDEST_FIRST -> true;
          case NEWEST_FIRST -> false;
          default ->
              throw new IllegalArgumentException(
                  "order: '" + order + "' is neither oldest-first nor newest-first");
        };
    within("everySeconds", everySeconds, MOST_SECONDS);
    within("maxPages", maxPages, MOST_PAGES);
    SourceNames.require("poll-source", source);
    if (!cursorQuery.isEmpty() && cursor.isEmpty()) {
      throw new IllegalArgumentException("cursorQuery needs 'cursor', the JSONPath of its value");
    }
    NextPage nextPage = new NextPage(next, nextQuery);
    rules = new PollRules(source, oldestFirst, cursorQuery, nextPage.isGiven(), maxPages);
    streak = new PollStreak(source, Duration.ofSeconds(everySeconds));
    policy.put("provider", provider());
    policy.put("operation", "poll");
    pages =
        new HttpPages(
            getCamelContext(),
            request,
            policy,
            new ItemFields(items, eventId, eventType, orderingKey, cursor),
            nextPage,
            this::isHalted);
    first = true;
    look(Duration.ZERO);
    LOG.debug("poll={} everySeconds={} order={}", source, everySeconds, order);
  }

  private static void within(String parameter, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(parameter + "=" + value + ": must be from 1 to " + most);
    }
  }

  @Override
  protected void doStop() {
    if (pages != null) {
      pages.close();
    }
  }

  private String provider() {
    String given = String.valueOf(policy.getOrDefault("provider", "")).strip();
    return given.isEmpty() ? source : given;
  }

  /** Parameters of the request, by the names that {@code http-api-action} has for them. */
  public Map<String, Object> getRequest() {
    return request;
  }

  /** Parameters of the policy, by the name of the property of {@code BeginAttempt}. */
  public Map<String, Object> getPolicy() {
    return policy;
  }

  /** The source of the events, in {@code inbox:}. */
  public void setSource(String source) {
    this.source = source.strip();
  }

  /** From the end of a run to the next one, in seconds from 1 to {@link #MOST_SECONDS}. */
  public void setEverySeconds(int everySeconds) {
    this.everySeconds = everySeconds;
  }

  /** JSONPath of the list in a page. */
  public void setItems(String items) {
    this.items = items;
  }

  /** JSONPath of an item's id, or a template of several. */
  public void setEventId(String eventId) {
    this.eventId = eventId;
  }

  /** JSONPath of an item, or a constant in single quotes; empty: {@code event}. */
  public void setEventType(String eventType) {
    this.eventType = eventType;
  }

  /** JSONPath of an item; empty: none. */
  public void setOrderingKey(String orderingKey) {
    this.orderingKey = orderingKey;
  }

  /** JSONPath of an item; empty: none. */
  public void setCursor(String cursor) {
    this.cursor = cursor.strip();
  }

  /** Name of the query parameter that carries the last cursor; empty: none. */
  public void setCursorQuery(String cursorQuery) {
    this.cursorQuery = cursorQuery.strip();
  }

  /** JSONPath of the next page, or {@code link}; empty: there is none. */
  public void setNext(String next) {
    this.next = next;
  }

  /** Name of the query parameter that carries what {@code next} finds. */
  public void setNextQuery(String nextQuery) {
    this.nextQuery = nextQuery;
  }

  /** {@code oldest-first} or {@code newest-first}. */
  public void setOrder(String order) {
    this.order = order.strip();
  }

  /** Pages of one run, from 1 to {@link #MOST_PAGES}. */
  public void setMaxPages(int maxPages) {
    this.maxPages = maxPages;
  }
}
