package hub.poll;

import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One run through a list: asks page after page, stores the items that are new, and moves the
 * position after that. Stopped at any point, the next run goes on from the position; items between
 * the two are known by their keys. For one thread.
 */
final class PollWalk {
  /** The store takes about a thousand events at a time. */
  private static final int APPEND_EVENTS = 500;

  private static final int APPEND_BYTES = 4 << 20;

  private final PollRules rules;
  private final PageSource pages;
  private final PollStore store;
  private final Clock clock;
  private final PageChecks checks;

  private PollPosition position;
  private int asked;
  private int found;
  private boolean over;
  private boolean readAll = true;
  private Optional<Instant> begunAt = Optional.empty();

  PollWalk(PollRules rules, PageSource pages, PollStore store, PollPosition start, Clock clock) {
    this.rules = rules;
    this.pages = pages;
    this.store = store;
    this.position = start;
    this.clock = clock;
    this.checks = new PageChecks(rules);
  }

  /** Whether the run has come to the end of what is new; false when {@code maxPages} stopped it. */
  boolean isOver() {
    return over;
  }

  /** Whether the walk has seen all items that the list shows, from its first page to its last. */
  boolean hasReadAll() {
    return over && readAll;
  }

  /** When the walk asked for its first page; that may have been in an earlier run. */
  Optional<Instant> begunAt() {
    return begunAt;
  }

  /** Whether the page that was asked for last was one that an earlier page had named. */
  boolean isWithinWalk() {
    return position.nextPage().isPresent();
  }

  /** How far the list is read. */
  Optional<ListCursor> cursor() {
    return position.cursor();
  }

  int pages() {
    return asked;
  }

  /** How many new items the run has stored. */
  int items() {
    return found;
  }

  /**
   * Asks for one page and stores its items.
   *
   * @return those that are new; empty when the run has ended
   * @throws PageFaultException when the page is at fault; the position stays
   */
  Optional<List<PolledItem>> next() throws Exception {
    if (over || asked == rules.maxPages()) {
      return Optional.empty();
    }
    PageRequest request = new PageRequest(rules, position);
    ListPage page = pages.ask(request::address);
    asked++;
    PollPosition before =
        request.isNext() ? position : PollPosition.at(position.cursor()).begunAt(clock.instant());
    begunAt = before.walkStartedAt();
    readAll &= rules.cursorQuery().isEmpty() || position.cursor().isEmpty();
    List<NewEvent> events = page.items().stream().map(this::event).toList();
    Set<String> known = events.isEmpty() ? Set.of() : known(events);
    checks.check(
        page, request.asked(), before, request.isByCursor(), known.size() == distinct(events));
    PageEnd end = PageEnd.of(rules, page, before, index -> isKnown(known, events.get(index)));
    List<NewEvent> fresh =
        IntStream.range(0, events.size())
            .filter(index -> end.isWanted(page.items().get(index)))
            .mapToObj(events::get)
            .filter(event -> !isKnown(known, event))
            .toList();
    List<PolledItem> stored = store(fresh);
    store.commit(end.after(), fresh.stream().map(NewEvent::providerEventId).toList(), known);
    checks.passed(request.asked(), end.after());
    position = end.after();
    over = end.isLast();
    readAll &= end.isEndOfList();
    found += stored.size();
    return Optional.of(stored);
  }

  private static boolean isKnown(Set<String> known, NewEvent event) {
    return known.contains(event.providerEventId());
  }

  private Set<String> known(List<NewEvent> events) throws Exception {
    return store.known(events.stream().map(NewEvent::providerEventId).distinct().toList());
  }

  private static int distinct(List<NewEvent> events) {
    Set<String> ids = new HashSet<>();
    events.forEach(event -> ids.add(event.providerEventId()));
    return ids.size();
  }

  private NewEvent event(ListItem item) {
    return new NewEvent(
        rules.source(),
        item.id(),
        item.type(),
        item.orderingKey(),
        clock.instant(),
        "{}",
        item.payload(),
        false);
  }

  private List<PolledItem> store(List<NewEvent> events) throws Exception {
    List<PolledItem> stored = new ArrayList<>();
    int from = 0;
    while (from < events.size()) {
      int to = from;
      long bytes = 0;
      do {
        bytes += events.get(to).payload().length;
        to++;
      } while (to < events.size() && to - from < APPEND_EVENTS && bytes < APPEND_BYTES);
      List<NewEvent> some = events.subList(from, to);
      List<Receipt> receipts = store.append(some);
      for (int i = 0; i < some.size(); i++) {
        if (!receipts.get(i).duplicate()) {
          stored.add(new PolledItem(some.get(i), receipts.get(i)));
        }
      }
      from = to;
    }
    return stored;
  }

  /** The address of the page that comes next. */
  private static final class PageRequest {
    private final PollRules rules;
    private final PollPosition position;
    private URI asked;
    private boolean next;
    private boolean byCursor;

    PageRequest(PollRules rules, PollPosition position) {
      this.rules = rules;
      this.position = position;
    }

    /** An address of another host was kept before the parameter baseUrl was changed. */
    URI address(URI first) {
      Optional<URI> kept =
          position.nextPage().map(URI::create).filter(uri -> NextPage.isSameHost(first, uri));
      next = kept.isPresent();
      byCursor = !next && !rules.cursorQuery().isEmpty() && position.cursor().isPresent();
      asked =
          byCursor
              ? NextPage.withParameter(first, rules.cursorQuery(), position.cursor().get().text())
              : kept.orElse(first);
      return asked;
    }

    URI asked() {
      return asked;
    }

    /** Whether it goes on with a walk, instead of beginning one. */
    boolean isNext() {
      return next;
    }

    boolean isByCursor() {
      return byCursor;
    }
  }
}
