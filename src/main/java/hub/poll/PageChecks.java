package hub.poll;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Refuses pages by which a walk would not come to an end, or would pass over items. */
final class PageChecks {
  /** Width of the column, in characters. */
  private static final int MAX_CURSOR = 1_000;

  /** Pages that new items may have moved on, until the walk counts as one without an end. */
  private static final int MAX_STALLED = 20;

  private final PollRules rules;

  /** The addresses that this run has asked. */
  private final Set<URI> addresses = new HashSet<>();

  /** The cursors that this run was at. */
  private final Set<ListCursor> visited = new HashSet<>();

  /** By cursor, where no page tells of the next one: the last page of this run. */
  private Optional<String> lastHash = Optional.empty();

  private Optional<String> hash = Optional.empty();

  PageChecks(PollRules rules) {
    this.rules = rules;
  }

  /**
   * Checks a page.
   *
   * @param asked its address
   * @param byCursor whether it was asked for by the cursor
   * @param allKnown whether none of its items is new
   * @throws PageFaultException when it is at fault
   */
  void check(ListPage page, URI asked, PollPosition before, boolean byCursor, boolean allKnown) {
    hash = page.items().isEmpty() ? Optional.empty() : Optional.of(page.hash());
    if (page.items().isEmpty()) {
      return;
    }
    checkOrder(page.items());
    boolean isTail = byCursor && isAllAt(page.items(), before.cursor());
    Optional<ListCursor> last = last(page.items());
    if (!rules.oldestFirst() || last.isEmpty()) {
      checkWalk(page, asked, before);
      return;
    }
    boolean repeats =
        hash.equals(before.pageHash()) || (byCursor && hash.equals(lastHash) && !rules.hasNext());
    if (repeats && !isTail) {
      throw sameForEver();
    }
    checkForward(last.get(), before, byCursor && allKnown && !isTail);
  }

  private static PageFaultException sameForEver() {
    return new PageFaultException(
        "the same page comes for ever: what should be the next page has the items of the one before");
  }

  /** Newest first, or without a cursor: new items at the list's head move its pages on. */
  private void checkWalk(ListPage page, URI asked, PollPosition before) {
    if (!PageEnd.isStalled(page, before)) {
      return;
    }
    boolean isCircle =
        page.next().filter(next -> next.equals(asked) || addresses.contains(next)).isPresent();
    if (!isCircle && before.stalled() < MAX_STALLED) {
      return;
    }
    if (hash.equals(before.pageHash())) {
      throw sameForEver();
    }
    throw new PageFaultException(
        "its cursor goes back: newest first, a page ends with '"
            + last(page.items()).map(ListCursor::text).orElse("")
            + "' after one that ended with '"
            + before.reached().map(ListCursor::text).orElse("")
            + "'");
  }

  private void checkOrder(List<ListItem> items) {
    for (int i = 0; i < items.size(); i++) {
      Optional<ListCursor> cursor = items.get(i).cursor();
      if (cursor.filter(one -> one.text().length() > MAX_CURSOR).isPresent()) {
        throw new PageFaultException(
            "the cursor of item " + (i + 1) + " is longer than " + MAX_CURSOR + " characters");
      }
      if (i == 0 || cursor.isEmpty()) {
        continue;
      }
      ListCursor previous = items.get(i - 1).cursor().orElseThrow();
      if (rules.oldestFirst() ? cursor.get().isBefore(previous) : previous.isBefore(cursor.get())) {
        throw new PageFaultException(
            "its cursor goes back: the page is not "
                + (rules.oldestFirst() ? "oldest first" : "newest first")
                + ", '"
                + cursor.get().text()
                + "' comes after '"
                + previous.text()
                + "'; correct the parameter order, or have the API sort by the cursor");
      }
    }
  }

  private void checkForward(ListCursor last, PollPosition before, boolean stands) {
    Optional<ListCursor> cursor = before.cursor();
    if (cursor.isEmpty()) {
      return;
    }
    boolean isSame = cursor.get().equals(last);
    if (last.isBefore(cursor.get()) || (!isSame && visited.contains(last))) {
      throw new PageFaultException(
          "its cursor goes back, from '" + cursor.get().text() + "' to '" + last.text() + "'");
    }
    if (isSame && stands) {
      throw new PageFaultException(
          "its cursor does not advance: asked for what is after '"
              + last.text()
              + "', the API shows older items again; correct the parameter cursorQuery");
    }
  }

  /** The list ends with items of one cursor, which the API shows again. */
  private static boolean isAllAt(List<ListItem> items, Optional<ListCursor> cursor) {
    return cursor.isPresent() && items.stream().allMatch(item -> item.cursor().equals(cursor));
  }

  /** Notes that the page is stored. */
  void passed(URI asked, PollPosition after) {
    addresses.add(asked);
    lastHash = hash;
    after.cursor().ifPresent(visited::add);
  }

  static Optional<ListCursor> last(List<ListItem> items) {
    return items.isEmpty() ? Optional.empty() : items.get(items.size() - 1).cursor();
  }
}
