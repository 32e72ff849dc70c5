package hub.catchup;

import com.fasterxml.jackson.databind.JsonNode;
import hub.catchup.Undelivered.Listed;
import hub.catchup.Undelivered.Page;
import hub.catchup.Undelivered.Window;
import hub.util.Json;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * One run: reads the list of what was not delivered, newest first as providers list it, and stores
 * what it has read the oldest first, at the list's end or when it has read enough for the memory.
 * What was read before a failure is stored too. Of one thread.
 */
final class CatchUpRun {
  /** Bounds the memory of what is read and not stored yet. */
  private static final int MOST_LISTED = 2_000;

  private static final long MOST_BYTES = 16L << 20;

  /** Events in one commit. */
  private static final int STEP = 100;

  /** Stores events, or counts those that are missing. */
  interface Sink {
    /** Those of the ids under which an event is stored. */
    Set<String> stored(List<String> ids) throws SQLException;

    /** Stores them and returns those that were new. */
    List<ShowEvent.Stored> append(List<Undelivered.Event> events) throws IOException;
  }

  private final UUID id;
  private final Undelivered undelivered;
  private final Window window;
  private final boolean dryRun;
  private final Sink sink;
  private final Set<String> cursors = new HashSet<>();
  private final Set<String> ids = new HashSet<>();
  private List<Listed> listed = new ArrayList<>();
  private List<Listed> toStore = List.of();
  private long bytes;
  private int pages;
  private Optional<String> cursor;
  private boolean listRead;
  private Optional<Exception> failure = Optional.empty();
  private boolean listFailed;
  private long found;
  private long missing;
  private long appended;
  private long gone;

  /**
   * @param cursor where an earlier run with this window failed; empty: from the beginning
   */
  CatchUpRun(
      UUID id,
      Undelivered undelivered,
      Window window,
      boolean dryRun,
      Optional<String> cursor,
      Sink sink) {
    this.id = id;
    this.undelivered = undelivered;
    this.window = window;
    this.dryRun = dryRun;
    this.cursor = cursor;
    this.sink = sink;
  }

  UUID id() {
    return id;
  }

  Undelivered undelivered() {
    return undelivered;
  }

  boolean isDry() {
    return dryRun;
  }

  Window window() {
    return window;
  }

  long found() {
    return found;
  }

  long missing() {
    return missing;
  }

  long appended() {
    return appended;
  }

  /** Events that the provider lists and does not have any more. */
  long gone() {
    return gone;
  }

  boolean isOver() {
    return listRead && toStore.isEmpty() && listed.isEmpty();
  }

  /** Why it failed; also of a run that goes on to store what it has read. */
  Optional<Exception> failure() {
    return failure;
  }

  /** Where the next run goes on: JSON; empty: at the beginning. */
  Optional<String> resume() {
    return listFailed && cursor.isPresent()
        ? Optional.of(
            Json.text(
                Json.object()
                    .put("cursor", cursor.get())
                    .put("since", window.since().toString())
                    .put("until", window.until().toString())))
        : Optional.empty();
  }

  /** The window and cursor that an earlier run left. */
  record Resumed(Window window, String cursor) {
    static Resumed of(String json) {
      JsonNode read = Json.own(json);
      return new Resumed(
          new Window(
              Instant.parse(read.path("since").asText()),
              Instant.parse(read.path("until").asText())),
          read.path("cursor").asText());
    }
  }

  /**
   * Reads a page or stores some events.
   *
   * @return those that were new
   * @throws Exception when the store fails: the run is over
   */
  List<ShowEvent.Stored> step() throws Exception {
    if (!toStore.isEmpty()) {
      return store();
    }
    if (!listRead && listed.size() < MOST_LISTED && bytes < MOST_BYTES) {
      read();
    }
    if (listRead || listed.size() >= MOST_LISTED || bytes >= MOST_BYTES) {
      List<Listed> oldestFirst = new ArrayList<>(undelivered.undelivered(listed));
      oldestFirst.removeIf(one -> !ids.add(one.id()));
      if (undelivered.isNewestFirst()) {
        Collections.reverse(oldestFirst);
      }
      found += oldestFirst.size();
      toStore = oldestFirst;
      listed = new ArrayList<>();
      bytes = 0;
    }
    return List.of();
  }

  private void read() {
    try {
      if (++pages > undelivered.mostPages()) {
        throw new IOException(
            "the list of "
                + undelivered.provider()
                + " has more than "
                + undelivered.mostPages()
                + " pages");
      }
      Page page = undelivered.page(window, cursor);
      listed.addAll(page.events());
      page.events().forEach(one -> bytes += one.bytes());
      page.fault().ifPresent(what -> fail(new IOException(what)));
      if (page.next().isPresent() && !cursors.add(page.next().get())) {
        throw new IOException(
            undelivered.provider() + " answers with the same page again and again");
      }
      cursor = page.next();
      listRead = cursor.isEmpty();
    } catch (Exception e) {
      fail(e);
      listFailed = true;
      listRead = true;
    }
  }

  private void fail(Exception why) {
    if (failure.isEmpty()) {
      failure = Optional.of(why);
    }
  }

  private List<ShowEvent.Stored> store() throws Exception {
    int size = Math.min(STEP, toStore.size());
    List<Listed> some = toStore.subList(0, size);
    toStore = List.copyOf(toStore.subList(size, toStore.size()));
    Set<String> known = sink.stored(some.stream().map(Listed::id).toList());
    List<Listed> unknown = some.stream().filter(one -> !known.contains(one.id())).toList();
    missing += unknown.size();
    if (dryRun || unknown.isEmpty()) {
      return List.of();
    }
    List<Undelivered.Event> events = new ArrayList<>();
    try {
      for (Listed one : unknown) {
        Optional<Undelivered.Event> event = one.load();
        event.ifPresent(events::add);
        if (event.isEmpty()) {
          gone++;
        }
      }
    } catch (Exception e) {
      // The next run lists these again.
      fail(e);
      toStore = List.of();
      listed = new ArrayList<>();
      listRead = true;
    }
    List<ShowEvent.Stored> added = events.isEmpty() ? List.of() : sink.append(events);
    appended += added.size();
    return added;
  }
}
