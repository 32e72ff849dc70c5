package hub.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Runs over scripted lists: what is stored, where the position is, which pages are refused. */
class PollWalkTest {
  private static final URI LIST = URI.create("https://api.example.com/v1/list");

  /** Pages by what follows the list's address. */
  private final Map<String, ListPage> pages = new LinkedHashMap<>();

  private final List<String> asked = new ArrayList<>();
  private final Set<String> keys = new HashSet<>();
  private final List<String> stored = new ArrayList<>();
  private PollPosition position = PollPosition.START;

  private final PollStore store =
      new PollStore() {
        @Override
        public Set<String> known(Collection<String> ids) {
          Set<String> known = new HashSet<>(ids);
          known.retainAll(keys);
          return known;
        }

        @Override
        public List<Receipt> append(List<NewEvent> events) {
          events.forEach(event -> stored.add(event.providerEventId()));
          return events.stream().map(event -> new Receipt(UUID.randomUUID(), false)).toList();
        }

        @Override
        public void commit(PollPosition moved, Collection<String> fresh, Collection<String> shown) {
          position = moved;
          keys.addAll(fresh);
        }
      };

  /** Each cursor is an item of its own, {@code 3} or {@code 3a}; its digits are the cursor. */
  private void page(String address, String next, String... items) {
    pages.put(
        address,
        new ListPage(
            Arrays.stream(items)
                .map(
                    id ->
                        new ListItem(
                            id,
                            "event",
                            Optional.empty(),
                            Optional.of(new ListCursor(id.replaceAll("[a-z]", ""))),
                            new byte[0]))
                .toList(),
            next.isEmpty() ? Optional.empty() : Optional.of(LIST.resolve(next))));
  }

  private PollWalk run(boolean oldestFirst, String cursorQuery, boolean hasNext, int maxPages)
      throws Exception {
    PollWalk walk =
        new PollWalk(
            new PollRules("crm", oldestFirst, cursorQuery, hasNext, maxPages),
            address -> {
              String asks = address.apply(LIST).toString().substring(LIST.toString().length());
              asked.add(asks);
              return pages.getOrDefault(asks, new ListPage(List.of(), Optional.empty()));
            },
            store,
            position,
            Clock.systemUTC());
    while (walk.next().isPresent()) {
      assertThat(asked.size()).as("it ends").isLessThan(100);
    }
    return walk;
  }

  private Optional<String> cursor() {
    return position.cursor().map(ListCursor::text);
  }

  @Test
  void oldest_first_the_cursor_moves_with_each_page() throws Exception {
    page("", "", "1", "2");
    page("?since=2", "", "3");
    PollWalk walk = run(true, "since", false, 100);
    assertThat(stored).containsExactly("1", "2", "3");
    assertThat(asked).containsExactly("", "?since=2", "?since=3");
    assertThat(cursor()).contains("3");
    assertThat(walk.isOver()).isTrue();
  }

  @Test
  void max_pages_stops_a_run_and_the_next_one_goes_on() throws Exception {
    page("", "list?page=2", "1", "2");
    page("?page=2", "list?page=3", "3");
    page("?page=3", "", "4");
    assertThat(run(true, "", true, 2).isOver()).isFalse();
    assertThat(stored).containsExactly("1", "2", "3");
    assertThat(cursor()).contains("3");
    assertThat(run(true, "", true, 2).isOver()).isTrue();
    assertThat(asked).containsExactly("", "?page=2", "?page=3");
    assertThat(stored).containsExactly("1", "2", "3", "4");
  }

  @Test
  void newest_first_the_cursor_moves_when_the_old_one_or_the_end_is_reached() throws Exception {
    page("", "list?page=2", "6", "5");
    page("?page=2", "list?page=3", "4", "3");
    page("?page=3", "", "2");
    run(false, "", true, 1);
    assertThat(cursor()).isEmpty();
    // Two new ones have moved the others on by a page.
    page("", "list?page=2", "8", "7");
    page("?page=2", "list?page=3", "6", "5");
    page("?page=3", "list?page=4", "4", "3");
    page("?page=4", "", "2");
    run(false, "", true, 1);
    run(false, "", true, 1);
    assertThat(cursor()).as("not yet").isEmpty();
    run(false, "", true, 1);
    assertThat(cursor()).contains("6");
    assertThat(asked).containsExactly("", "?page=2", "?page=3", "?page=4");
    run(false, "", true, 100);
    assertThat(asked.subList(4, asked.size()))
        .as("to the old cursor")
        .containsExactly("", "?page=2");
    assertThat(cursor()).contains("8");
    assertThat(stored).containsExactly("6", "5", "4", "3", "2", "8", "7");
  }

  @Test
  void items_of_one_cursor_at_the_end_of_the_list_are_no_fault() throws Exception {
    page("", "", "1", "2a", "2b");
    page("?since=2", "", "2a", "2b");
    run(true, "since", false, 100);
    run(true, "since", false, 100);
    page("?since=2", "", "2a", "2b", "2c");
    run(true, "since", false, 100);
    assertThat(stored).containsExactly("1", "2a", "2b", "2c");
  }

  @Test
  void the_same_page_for_ever_is_refused() throws Exception {
    page("", "list?page=2", "1", "2");
    page("?page=2", "list?page=2", "3", "4");
    assertThatThrownBy(() -> run(true, "", true, 100))
        .isInstanceOf(PageFaultException.class)
        .hasMessageContaining("same page comes for ever");
    assertThat(stored).containsExactly("1", "2", "3", "4");
    assertThat(cursor()).contains("4");
  }

  @Test
  void a_cursor_that_the_api_ignores_is_refused_in_every_run() throws Exception {
    page("", "", "1", "2");
    page("?since=2", "", "1", "2");
    assertThatThrownBy(() -> run(true, "since", false, 100))
        .hasMessageContaining("same page comes for ever");
    assertThatThrownBy(() -> run(true, "since", false, 100))
        .hasMessageContaining("does not advance");
    assertThat(cursor()).contains("2");
    page("?since=2", "", "1", "2", "3");
    page("?since=3", "", "1", "2", "3");
    assertThatThrownBy(() -> run(true, "since", false, 100)).isInstanceOf(PageFaultException.class);
    assertThat(stored).as("nothing new is missed").containsExactly("1", "2", "3");
  }

  @Test
  void the_same_page_newest_first_is_refused_and_the_cursor_stays() {
    page("", "list?page=2", "4", "3");
    page("?page=2", "list?page=2", "4", "3");
    assertThatThrownBy(() -> run(false, "", true, 100))
        .hasMessageContaining("same page comes for ever");
    assertThat(cursor()).isEmpty();
    for (int i = 2; i < 60; i++) {
      page("?page=" + i, "list?page=" + (i + 1), "4", "3");
    }
    assertThatThrownBy(
            () -> {
              for (int run = 0; run < 10; run++) {
                run(false, "", true, 4);
              }
            })
        .hasMessageContaining("same page comes for ever");
    assertThat(cursor()).isEmpty();
  }

  @Test
  void a_cursor_that_goes_back_is_refused_and_stays() throws Exception {
    page("", "", "5", "6");
    page("?since=6", "", "3", "4");
    assertThatThrownBy(() -> run(true, "since", false, 100))
        .hasMessageContaining("goes back, from '6' to '4'");
    assertThat(cursor()).contains("6");
    assertThat(stored).containsExactly("5", "6");
  }

  @Test
  void a_page_in_the_other_order_is_refused() {
    page("", "", "2", "1");
    assertThatThrownBy(() -> run(true, "", false, 100)).hasMessageContaining("not oldest first");
    page("", "", "1", "2");
    assertThatThrownBy(() -> run(false, "", false, 100)).hasMessageContaining("not newest first");
    assertThat(stored).isEmpty();
  }

  @Test
  void newest_first_a_page_that_begins_anew_is_refused() {
    page("", "list?page=2", "6", "5");
    for (int i = 2; i < 60; i++) {
      page("?page=" + i, "list?page=" + (i + 1), "9" + "a".repeat(i), "8" + "a".repeat(i));
    }
    assertThatThrownBy(() -> run(false, "", true, 100)).hasMessageContaining("goes back");
    assertThat(asked).hasSizeLessThan(30);
    assertThat(cursor()).isEmpty();
  }

  @Test
  void an_item_that_the_list_still_shows_is_known_by_its_key() throws Exception {
    page("", "", "1", "2");
    run(true, "", false, 100);
    page("", "", "1", "2", "3");
    assertThat(run(true, "", false, 100).hasReadAll()).isTrue();
    assertThat(stored).containsExactly("1", "2", "3");
  }
}
