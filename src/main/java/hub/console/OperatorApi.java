package hub.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.db.Database;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.inbox.camel.InboxComponent;
import hub.inbox.db.EventFilter;
import hub.inbox.db.EventState;
import hub.inbox.engine.NoHandlerException;
import hub.monitoring.stats.InboxCounts;
import hub.monitoring.stats.InboxCountsQuery;
import hub.util.Json;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;

/** {@code /api/admin}: lists, shows, counts and replays events, and groups dead letters. */
public final class OperatorApi extends JsonRoutes {
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 200;

  private static final Set<String> LIST_PARAMETERS =
      Set.of("id", "source", "type", "status", "since", "until", "q", "error", "limit", "cursor");
  private static final Set<String> REPLAY_TEXTS =
      Set.of("source", "type", "status", "since", "until", "error");
  private static final Set<String> REPLAY_FLAGS = Set.of("dryRun");
  private static final Pattern EVENT_PATH = Pattern.compile(BASE + "/events/([^/]+)(/replay)?/?");

  private static final Pattern JOB_PATH = Pattern.compile(BASE + "/replay-jobs/([^/]+)/?");

  /** An id as the API writes it; {@code UUID.fromString} accepts shorter ones too. */
  private static final Pattern EVENT_ID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private final EventQueries events;
  private final InboxCountsQuery inboxCountsQuery;
  private final DeadLetters deadLetters;
  private final ReplayJobs jobs;
  private final Suspensions suspensions;
  private final Clock clock;

  /**
   * @param jobs runs replays in steps
   * @param suspensions tells which handlers take no events now
   */
  OperatorApi(Database database, ReplayJobs jobs, Suspensions suspensions, Clock clock) {
    this.events = new EventQueries(database);
    this.inboxCountsQuery = new InboxCountsQuery(database);
    this.deadLetters = new DeadLetters(database);
    this.jobs = jobs;
    this.suspensions = suspensions;
    this.clock = clock;
  }

  @Override
  public void configure() {
    get("/events", "admin-list-events", "Lists events, newest first.", this::list);
    get("/events/{id}", "admin-show-event", "Shows one event.", this::show);
    get("/stats", "admin-count-events", "Counts events by state.", this::stats);
    get(
        "/dead-letters",
        "admin-list-dead-letters",
        "Groups dead deliveries by source, type and error.",
        this::deadLetters);
    call(
        "POST",
        "/events/{id}/replay",
        202,
        "admin-replay-event",
        "Runs one event again.",
        exchange -> Optional.of(replay(exchange)));
    call(
        "POST",
        "/replays",
        202,
        "admin-replay-events",
        "Runs all events again that match a filter.",
        exchange -> Optional.of(replayAll(exchange)));
    call(
        "POST",
        "/replay-jobs",
        202,
        "admin-start-replay",
        "Runs all events again that match a filter, in steps.",
        exchange -> Optional.of(startJob(exchange)));
    get(
        "/replay-jobs/{id}",
        "admin-show-replay",
        "Shows the progress of a replay in steps.",
        exchange -> jobs.show(jobId(exchange)).orElseThrow(OperatorApi::jobUnknown));
    call(
        "DELETE",
        "/replay-jobs/{id}",
        200,
        "admin-cancel-replay",
        "Stops a replay in steps.",
        exchange -> Optional.of(jobs.cancel(jobId(exchange)).orElseThrow(OperatorApi::jobUnknown)));
  }

  private ObjectNode list(Exchange exchange) throws SQLException {
    RequestFields fields = RequestFields.ofQuery(request(exchange).query(), LIST_PARAMETERS);
    EventFilter filter = filter(fields);
    int limit = fields.count("limit", 1, MAX_LIMIT, DEFAULT_LIMIT);
    Optional<UUID> before = fields.cursor("cursor");
    Optional<IdPrefix> prefix = prefix(fields, filter.isEmpty() && before.isEmpty());
    fields.refuseFaults();
    EventQueries.Page page =
        prefix.isPresent()
            ? new EventQueries.Page(events.beginning(prefix.get(), limit), Optional.empty())
            : events.page(filter, limit, before);
    ObjectNode answer = Json.object();
    answer.putArray("events").addAll(page.events().stream().map(EventView::summary).toList());
    return answer.put("nextCursor", page.next().map(Cursor::write).orElse(null));
  }

  /**
   * @param alone whether nothing else narrows the list
   */
  private static Optional<IdPrefix> prefix(RequestFields fields, boolean alone) {
    Optional<IdPrefix> prefix = fields.text("id").flatMap(IdPrefix::of);
    if (fields.text("id").isPresent() && prefix.isEmpty()) {
      fields.fault("id", "not the beginning of an id, eight hexadecimal digits or more");
    } else if (prefix.isPresent() && !alone) {
      fields.fault("id", "goes with limit alone");
    }
    return prefix;
  }

  private ObjectNode show(Exchange exchange) throws SQLException {
    noParameters(exchange);
    ObjectNode event =
        events.detail(eventId(exchange), inbox()::leftOut).orElseThrow(OperatorApi::eventUnknown);
    Map<String, Suspensions.Suspension> suspended = suspensions.all();
    for (JsonNode handler : event.get("handlers")) {
      ((ObjectNode) handler)
          .put(
              "suspendedBy",
              Optional.ofNullable(suspended.get(handler.get("route").asText()))
                  .map(Suspensions.Suspension::by)
                  .orElse(null));
    }
    return event;
  }

  private ObjectNode replay(Exchange exchange) throws SQLException {
    noParameters(exchange);
    UUID id = eventId(exchange);
    try {
      EventState state =
          inbox()
              .replays()
              .replay(id, operator(exchange).id())
              .orElseThrow(OperatorApi::eventUnknown);
      return Json.object().put("id", id.toString()).put("status", state.text());
    } catch (NoHandlerException e) {
      throw new ProblemException(
          Problem.of(
              409,
              "no-handler",
              "Nothing would run: "
                  + e.getMessage()
                  + ". Add a route from this inbox, or the type to one that is there."));
    }
  }

  private ObjectNode replayAll(Exchange exchange) throws SQLException {
    RequestFields fields = replayFields(exchange);
    EventFilter filter = replayFilter(fields);
    return Json.object()
        .put(
            "count",
            inbox().replays().replayAll(filter, fields.flag("dryRun"), operator(exchange).id()));
  }

  private ObjectNode startJob(Exchange exchange) throws SQLException {
    RequestFields fields = replayFields(exchange);
    EventFilter filter = replayFilter(fields);
    if (fields.flag("dryRun")) {
      fields.fault("dryRun", "not for a replay in steps; POST it to replays to count");
      fields.refuseFaults();
    }
    return jobs.start(filter, fields.json(), operator(exchange).id(), inbox().replays());
  }

  private static RequestFields replayFields(Exchange exchange) {
    noParameters(exchange);
    return RequestFields.ofJson(
        exchange.getMessage().getBody(byte[].class), REPLAY_TEXTS, REPLAY_FLAGS);
  }

  private static EventFilter replayFilter(RequestFields fields) {
    EventFilter filter = filter(fields);
    fields.refuseFaults();
    if (filter.isEmpty()) {
      fields.fault(
          "source, type, status, since, until, error",
          "all missing; at least one must narrow the events");
      fields.refuseFaults();
    }
    return filter;
  }

  private ObjectNode deadLetters(Exchange exchange) throws SQLException {
    RequestFields fields = RequestFields.ofQuery(request(exchange).query(), Set.of("source"));
    fields.refuseFaults();
    return deadLetters.groups(fields.text("source"));
  }

  private ObjectNode stats(Exchange exchange) throws SQLException {
    noParameters(exchange);
    Map<String, InboxCounts> bySource = inboxCountsQuery.bySource();
    Instant now = clock.instant();
    ObjectNode answer =
        bySource.values().stream().reduce(InboxCounts.NONE, InboxCounts::plus).json(now);
    var sources = answer.putArray("sources");
    bySource.forEach(
        (source, inboxCounts) -> {
          ObjectNode entry = Json.object().put("source", source);
          entry.setAll(inboxCounts.json(now));
          sources.add(entry);
        });
    return answer;
  }

  private static EventFilter filter(RequestFields fields) {
    Optional<Instant> since = fields.time("since");
    Optional<Instant> until = fields.time("until");
    if (since.isPresent() && until.isPresent() && !since.get().isBefore(until.get())) {
      fields.fault("since", "not before until");
    }
    return new EventFilter(
        fields.text("source"),
        fields.types(),
        fields.state("status"),
        since,
        until,
        fields.text("q"),
        fields.text("error"));
  }

  /** From the path only: a header or query parameter of the same name would be used otherwise. */
  private static UUID eventId(Exchange exchange) {
    Matcher path = EVENT_PATH.matcher(request(exchange).path());
    if (path.matches() && EVENT_ID.matcher(path.group(1)).matches()) {
      return UUID.fromString(path.group(1));
    }
    throw eventUnknown();
  }

  private static ProblemException eventUnknown() {
    return new ProblemException(
        Problem.of(
            404,
            "event-unknown",
            "There is no event of this id; it may have been deleted for its age."));
  }

  private static UUID jobId(Exchange exchange) {
    Matcher path = JOB_PATH.matcher(request(exchange).path());
    if (path.matches() && EVENT_ID.matcher(path.group(1)).matches()) {
      return UUID.fromString(path.group(1));
    }
    throw jobUnknown();
  }

  private static ProblemException jobUnknown() {
    return new ProblemException(
        Problem.of(404, "replay-unknown", "There is no replay of this id, or not any more."));
  }

  private InboxComponent inbox() {
    return getContext().getComponent("inbox", InboxComponent.class);
  }
}
