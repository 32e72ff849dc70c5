package hub.lint;

import hub.poll.ItemFields;
import hub.poll.NextPage;
import hub.poll.PollSource;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Checks polls: one for each source, an address, JSONPaths, ranges, and what needs what. */
final class PollSourceRules {
  private static final String KAMELET = "poll-source";
  private static final Pattern ADDRESS = Pattern.compile("kamelet:/*" + KAMELET + "(/.*)?");

  private final Project project;
  private final Faults faults;

  PollSourceRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  private static boolean isPoll(Endpoint from) {
    return ADDRESS.matcher(from.address()).matches();
  }

  /** Lets the rules of inboxes know that polls feed theirs; before those. */
  void addSources() {
    for (Route route : project.routes()) {
      route
          .from()
          .filter(PollSourceRules::isPoll)
          .flatMap(from -> from.value("source"))
          .ifPresent(project::addOpenedSource);
    }
  }

  void checkAll() {
    Map<String, Location> sources = new HashMap<>();
    for (Route route : project.routes()) {
      route.from().filter(PollSourceRules::isPoll).ifPresent(from -> check(from, sources));
    }
  }

  private void check(Endpoint from, Map<String, Location> sources) {
    ListParameters list = new ListParameters(from, project, faults);
    list.checkSource();
    list.written("source").ifPresent(source -> checkOnce(from, source, sources));
    list.checkAddress(KAMELET);
    list.checkCall("none");
    list.path("items", text -> new ItemFields(text, "$.id", "", "", ""));
    list.path("eventId", text -> new ItemFields("$", text, "", "", ""));
    list.path("eventType", text -> new ItemFields("$", "$.id", text, "", ""));
    list.path("orderingKey", text -> new ItemFields("$", "$.id", "", text, ""));
    list.path("cursor", text -> new ItemFields("$", "$.id", "", "", text));
    list.path("next", text -> new NextPage(text, ""));
    list.needs("cursorQuery", "cursor", "the JSONPath of its value in an item");
    list.checkNext();
    list.within("everySeconds", 1, PollSource.MOST_SECONDS);
    list.within("maxPages", 1, PollSource.MOST_PAGES);
    if (list.written("order").filter("newest-first"::equals).isPresent()) {
      checkNewestFirst(from, list);
    }
  }

  private void checkOnce(Endpoint from, String source, Map<String, Location> sources) {
    Location first = sources.putIfAbsent(source, from.locationOf("source"));
    if (first != null) {
      faults.error(
          from.locationOf("source"),
          "source '" + source + "' is polled by " + first + ", and has one cursor",
          "give one of them another source");
    }
  }

  private void checkNewestFirst(Endpoint from, ListParameters list) {
    if (!list.isGiven("cursor")) {
      faults.warning(
          from.locationOf("order"),
          "newest-first without a cursor: each run reads the whole list",
          "add 'cursor', the JSONPath of what the list is sorted by");
    }
    if (!list.isGiven("next")) {
      faults.warning(
          from.locationOf("order"),
          "newest-first without 'next': a run reads the first page alone, and what is older than it is never seen",
          "add 'next', or order: oldest-first and 'cursorQuery'");
    }
  }
}
