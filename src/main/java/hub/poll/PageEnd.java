package hub.poll;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * What comes after a page.
 *
 * @param after the position when the page is stored
 * @param isLast whether the walk ends with it
 * @param isEndOfList whether the list goes on, or ends, with nothing passed over
 * @param unwanted items that an earlier walk has passed
 */
record PageEnd(PollPosition after, boolean isLast, boolean isEndOfList, Set<ListItem> unwanted) {
  /**
   * @param before the position that the page was asked from
   * @param known whether the item at an index was stored by an earlier run
   */
  static PageEnd of(PollRules rules, ListPage page, PollPosition before, IntPredicate known) {
    return rules.oldestFirst()
        ? oldestFirst(rules, page, before)
        : newestFirst(page, before, known);
  }

  /** Whether an item is to be stored when it is not known. */
  boolean isWanted(ListItem item) {
    return !unwanted.contains(item);
  }

  private static PageEnd oldestFirst(PollRules rules, ListPage page, PollPosition before) {
    Optional<ListCursor> last = PageChecks.last(page.items());
    Optional<ListCursor> cursor = last.or(before::cursor);
    boolean hasMoved = last.isPresent() && !last.equals(before.cursor());
    boolean goesOnByCursor = !rules.hasNext() && !rules.cursorQuery().isEmpty() && hasMoved;
    if (page.next().isEmpty()) {
      return new PageEnd(PollPosition.at(cursor), !goesOnByCursor, true, Set.of());
    }
    return new PageEnd(
        new PollPosition(
            cursor,
            page.next().map(URI::toString),
            Optional.empty(),
            Optional.empty(),
            hash(page, before),
            last.isEmpty() && isStalled(page, before) ? before.stalled() + 1 : 0,
            before.walkStartedAt()),
        false,
        true,
        Set.of());
  }

  private static PageEnd newestFirst(ListPage page, PollPosition before, IntPredicate known) {
    Optional<ListCursor> newest =
        before.newest().or(() -> page.items().stream().findFirst().flatMap(ListItem::cursor));
    Set<ListItem> unwanted = new HashSet<>();
    boolean reachedOld =
        before.cursor().isPresent()
            && page.items().stream().allMatch(item -> item.cursor().isPresent())
            && passOld(page.items(), before.cursor().get(), known, unwanted);
    if (reachedOld || page.next().isEmpty()) {
      // The newest item may have been deleted since: the cursor never goes back.
      Optional<ListCursor> cursor =
          newest
              .filter(one -> before.cursor().filter(old -> one.isBefore(old)).isEmpty())
              .or(before::cursor);
      return new PageEnd(PollPosition.at(cursor), true, !reachedOld, unwanted);
    }
    boolean isStalled = isStalled(page, before);
    return new PageEnd(
        new PollPosition(
            before.cursor(),
            page.next().map(URI::toString),
            newest,
            isStalled ? before.reached() : PageChecks.last(page.items()).or(before::reached),
            hash(page, before),
            isStalled ? before.stalled() + 1 : 0,
            before.walkStartedAt()),
        false,
        true,
        unwanted);
  }

  /** Whether the page reaches the old cursor; collects what lies behind it. */
  private static boolean passOld(
      List<ListItem> items, ListCursor old, IntPredicate known, Set<ListItem> unwanted) {
    boolean reached = false;
    for (int i = 0; i < items.size(); i++) {
      ListCursor cursor = items.get(i).cursor().orElseThrow();
      OptionalInt order = cursor.compareWith(old);
      if (order.isPresent() ? order.getAsInt() < 0 : reached) {
        unwanted.add(items.get(i));
        reached = true;
      } else if (order.isPresent() && order.getAsInt() == 0) {
        reached |= known.test(i);
      }
    }
    return reached;
  }

  /**
   * Whether a page of a walk shows what the walk has passed. Where pages are numbered, that also
   * happens when many items have come to the list's head since.
   */
  static boolean isStalled(ListPage page, PollPosition before) {
    if (page.items().isEmpty()) {
      return false;
    }
    Optional<ListCursor> last = PageChecks.last(page.items());
    return Optional.of(page.hash()).equals(before.pageHash())
        || (last.isPresent()
            && before.reached().filter(reached -> reached.isBefore(last.get())).isPresent());
  }

  private static Optional<String> hash(ListPage page, PollPosition before) {
    return page.items().isEmpty() ? before.pageHash() : Optional.of(page.hash());
  }
}
