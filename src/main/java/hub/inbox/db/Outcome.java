package hub.inbox.db;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The outcome of an attempt; it is written only if the lease was not lost.
 *
 * @param source of the event
 * @param lane of the delivery; empty for a handler without order
 * @param delay time until the retry; empty when finished
 * @param refund 1 when the attempt does not count, else 0
 * @param error of the attempt; empty when it succeeded
 * @param keepsLastError the error only says why the event waits, so it does not replace an earlier
 *     one
 * @param logLine new entry of the log: one JSON object and a line feed, or empty
 * @param replacedLine the last entry of the log, which {@code logLine} replaces; empty: none
 */
public record Outcome(
    UUID eventId,
    String source,
    String route,
    UUID token,
    Optional<Lane> lane,
    EventState state,
    Optional<Duration> delay,
    int refund,
    Optional<String> error,
    boolean keepsLastError,
    String logLine,
    String replacedLine) {
  private static final int MAX_ERROR = 1_000;

  /**
   * The handler has succeeded.
   *
   * @param note the handler's note for the log; empty when it has none
   */
  public static Outcome done(
      Delivery delivery, String route, Instant at, long millis, Optional<String> note) {
    return of(
        delivery,
        route,
        EventState.DONE,
        Optional.empty(),
        0,
        Optional.empty(),
        line(delivery, at, millis, "done", "note", note.map(Outcome::cut)));
  }

  public static Outcome retry(
      Delivery delivery, String route, Instant at, long millis, String error, Duration delay) {
    Optional<String> text = Optional.of(cut(error));
    return of(
        delivery,
        route,
        EventState.RETRYING,
        Optional.of(delay),
        0,
        text,
        line(delivery, at, millis, "failed", "error", text));
  }

  public static Outcome dead(
      Delivery delivery, String route, Instant at, long millis, String error) {
    Optional<String> text = Optional.of(cut(error));
    return of(
        delivery,
        route,
        EventState.DEAD,
        Optional.empty(),
        0,
        text,
        line(delivery, at, millis, "dead", "error", text));
  }

  /**
   * The event waits for a provider that is unavailable. The attempt does not count.
   *
   * @param failed whether a call was made and failed before that; then {@code error} says how
   */
  public static Outcome postponed(
      Delivery delivery,
      String route,
      Instant at,
      long millis,
      String error,
      Duration delay,
      boolean failed) {
    String text = cut(error);
    // An attempt that the sender or an operator caused gets an entry of its own.
    Optional<WaitingEntry> before = delivery.waitingEntry().filter(row -> delivery.isBySchedule());
    ObjectNode row =
        row(
            before.map(WaitingEntry::since).orElse(at.toString()),
            before.map(WaitingEntry::durationMs).orElse(0L) + millis,
            WaitingEntry.OUTCOME,
            before.map(WaitingEntry::by).orElse(delivery.by()),
            "error",
            Optional.of(text));
    row.put("times", before.map(WaitingEntry::times).orElse(0) + 1)
        .put("until", at.plus(delay).toString());
    return new Outcome(
        delivery.eventId(),
        delivery.source(),
        route,
        delivery.token(),
        delivery.lane(),
        EventState.RETRYING,
        Optional.of(delay),
        1,
        Optional.of(text),
        !failed,
        Json.text(row) + "\n",
        before.map(WaitingEntry::line).orElse(""));
  }

  /** The event was not attempted and is due again at once. */
  public static Outcome released(Delivery delivery, String route) {
    return left(delivery, route, Duration.ZERO);
  }

  /** The event was not attempted, because it is for another node; that has it after the delay. */
  public static Outcome left(Delivery delivery, String route, Duration delay) {
    EventState state = delivery.attempt() > 1 ? EventState.RETRYING : EventState.RECEIVED;
    return of(delivery, route, state, Optional.of(delay), 1, Optional.empty(), "");
  }

  /** A step was refused because the lease has expired. Nothing is written. */
  public static Outcome fenced(Delivery delivery, String route, String error) {
    return of(
        delivery,
        route,
        EventState.PROCESSING,
        Optional.of(Duration.ZERO),
        0,
        Optional.of(cut(error)),
        "");
  }

  public boolean isFenced() {
    return state == EventState.PROCESSING;
  }

  /** Whether the event waits for a provider without losing an attempt. */
  public boolean isPostponed() {
    return state == EventState.RETRYING && refund == 1 && error.isPresent();
  }

  /** Whether the event was not attempted. */
  public boolean isReleased() {
    return refund == 1 && error.isEmpty();
  }

  /** The same outcome without error text and log entry. */
  public Outcome withoutText() {
    return new Outcome(
        eventId, source, route, token, lane, state, delay, refund, Optional.empty(), false, "", "");
  }

  private static Outcome of(
      Delivery delivery,
      String route,
      EventState state,
      Optional<Duration> delay,
      int refund,
      Optional<String> error,
      String logLine) {
    return new Outcome(
        delivery.eventId(),
        delivery.source(),
        route,
        delivery.token(),
        delivery.lane(),
        state,
        delay,
        refund,
        error,
        false,
        logLine,
        "");
  }

  private static String line(
      Delivery delivery,
      Instant at,
      long millis,
      String outcome,
      String field,
      Optional<String> words) {
    return Json.text(row(at.toString(), millis, outcome, delivery.by(), field, words)) + "\n";
  }

  private static ObjectNode row(
      String at, long millis, String outcome, String by, String field, Optional<String> words) {
    ObjectNode row =
        Json.object().put("at", at).put("durationMs", millis).put("outcome", outcome).put("by", by);
    words.ifPresent(text -> row.put(field, text));
    return row;
  }

  private static String cut(String error) {
    // An unpaired surrogate, from the sender or from the cut, can be written neither as JSON nor as
    // UTF-8.
    String cut = error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR) + "…";
    return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
        .replace('\u0000', '?');
  }
}
