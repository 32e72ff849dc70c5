package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds what has changed among a hub's events since the last look: new events, and others whose
 * state, number of attempts or time of their end is another one. Not thread-safe.
 */
final class EventChanges {
  /** Events that are remembered; older ones that have ended are forgotten first. */
  private static final int MAX_SEEN = 10_000;

  /** Pages of new events at one look. */
  private static final int MAX_PAGES = 20;

  /** Unfinished events that are read one by one at one look. */
  private static final int MAX_REREAD = 20;

  private static final Set<String> OPEN = Set.of("received", "processing", "retrying");

  private final AdminApi api;
  private final Map<String, String> filter;

  /** What was last seen by event id, oldest first. */
  private final Map<String, String> seen =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MAX_SEEN;
        }
      };

  /** Ids of unfinished events, those that were read longest ago first. */
  private final Map<String, Boolean> open = new LinkedHashMap<>();

  /**
   * @param filter parameters of the list of events
   */
  EventChanges(AdminApi api, Map<String, String> filter) {
    this.api = api;
    this.filter = filter;
  }

  /**
   * The events that are new or changed since the last look, oldest first. The first look only
   * remembers what is there.
   *
   * @throws CommandFailedException when the hub does not answer; the next look finds what this one
   *     missed
   */
  List<JsonNode> look(boolean first) {
    Map<String, JsonNode> found = new LinkedHashMap<>();
    newest(found, first ? 1 : MAX_PAGES);
    if (!filter.containsKey("status")) {
      // A replay changes events of any age, and few are in these states.
      OPEN.forEach(
          state -> page(Map.of("status", state)).get("events").forEach(e -> add(found, e)));
    }
    reread(found);
    List<JsonNode> changes = new ArrayList<>();
    found.forEach(
        (id, event) -> {
          String state = event.path("status").asText();
          // A replay may end as the run before it did, and only later.
          String now =
              state
                  + " "
                  + event.path("attempts").asText()
                  + " "
                  + event.path("processedAt").asText();
          if (!now.equals(seen.put(id, now))) {
            changes.add(event);
          }
          if (OPEN.contains(state)) {
            open.putIfAbsent(id, true);
          } else {
            open.remove(id);
          }
        });
    while (open.size() > MAX_SEEN) {
      open.remove(open.keySet().iterator().next());
    }
    // Ids begin with the time.
    changes.sort(Comparator.comparing(event -> event.path("id").asText()));
    return changes;
  }

  private void newest(Map<String, JsonNode> found, int pages) {
    Map<String, String> cursor = Map.of();
    for (int i = 0; i < pages; i++) {
      JsonNode page = page(cursor);
      boolean metKnown = false;
      for (JsonNode event : page.get("events")) {
        metKnown |= seen.containsKey(event.path("id").asText());
        add(found, event);
      }
      if (metKnown || !page.hasNonNull("nextCursor")) {
        return;
      }
      cursor = Map.of("cursor", page.path("nextCursor").asText());
    }
  }

  private JsonNode page(Map<String, String> more) {
    Map<String, String> parameters = new LinkedHashMap<>(filter);
    parameters.put("limit", Integer.toString(EventsCommand.PAGE_SIZE));
    parameters.putAll(more);
    return api.events(parameters);
  }

  /** The first answer about an event counts: a later one may be older than an end. */
  private static void add(Map<String, JsonNode> found, JsonNode event) {
    found.putIfAbsent(event.path("id").asText(), event);
  }

  /** Reads unfinished events that no list has shown. */
  private void reread(Map<String, JsonNode> found) {
    if (filter.containsKey("status")) {
      return;
    }
    List<String> missing =
        open.keySet().stream().filter(id -> !found.containsKey(id)).limit(MAX_REREAD).toList();
    for (String id : missing) {
      open.remove(id);
      api.events(Map.of("id", id, "limit", "1")).get("events").forEach(event -> add(found, event));
    }
  }
}
