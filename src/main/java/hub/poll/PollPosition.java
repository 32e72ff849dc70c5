package hub.poll;

import java.time.Instant;
import java.util.Optional;

/**
 * How far a list was read.
 *
 * @param cursor of the newest item that is stored together with all before it
 * @param nextPage where the walk through the list goes on; empty: a walk begins
 * @param newest newest first: becomes the cursor when the walk is over
 * @param reached newest first: of the last item of the walk so far
 * @param pageHash of the walk's last page
 * @param stalled pages of the walk, one after another, that brought it no further
 * @param walkStartedAt when the walk asked for its first page
 */
record PollPosition(
    Optional<ListCursor> cursor,
    Optional<String> nextPage,
    Optional<ListCursor> newest,
    Optional<ListCursor> reached,
    Optional<String> pageHash,
    int stalled,
    Optional<Instant> walkStartedAt) {
  static final PollPosition START = at(Optional.empty());

  /** Between two walks. */
  static PollPosition at(Optional<ListCursor> cursor) {
    return new PollPosition(
        cursor,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty());
  }

  PollPosition begunAt(Instant time) {
    return new PollPosition(
        cursor, nextPage, newest, reached, pageHash, stalled, Optional.of(time));
  }
}
