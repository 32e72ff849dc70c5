package hub.inbox.db;

import hub.util.Form;
import hub.util.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * An event that a handler has leased.
 *
 * @param token the lease token: proves at the end that the lease was not lost
 * @param attempt number of this attempt, from 1
 * @param started the store knows that the handler has started it
 * @param by what caused the attempt: {@code schedule}, {@code sender}, or an operator's id
 * @param lane where it waits its turn; empty for a handler without order
 * @param sequence the store's own number of the event, in the order of storing; 0 for an event of
 *     an earlier version
 * @param keyedAs the handler's id when the event was stored, of which keys are made; empty: it is
 *     the same now
 * @param waitingEntry the last entry of its log, if that says that the event waits for a provider
 */
public record Delivery(
    UUID eventId,
    UUID token,
    int attempt,
    boolean started,
    String by,
    String source,
    String providerEventId,
    String type,
    Optional<String> orderingKey,
    Optional<Lane> lane,
    long sequence,
    Optional<String> keyedAs,
    Instant receivedAt,
    String headers,
    byte[] payload,
    Optional<WaitingEntry> waitingEntry) {
  static final String SCHEDULE = "schedule";

  /** Reads the column {@code run_by}: null is the schedule. */
  static String by(String runBy) {
    return runBy == null ? SCHEDULE : runBy;
  }

  /**
   * Reads what both databases return alike when they lease a delivery.
   *
   * @param row has {@code run_by}, the event, and the delivery's key, number and {@code keyed_as}
   *     in the columns 4 to 15
   */
  static Delivery of(UUID id, UUID token, int attempt, boolean started, String route, ResultSet row)
      throws SQLException {
    return new Delivery(
        id,
        token,
        attempt,
        started,
        by(row.getString(4)),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        Optional.ofNullable(row.getString(8)),
        Optional.ofNullable(row.getString(13)).map(key -> new Lane(route, key)),
        row.getLong(14),
        Optional.ofNullable(row.getString(15)),
        row.getObject(9, OffsetDateTime.class).toInstant(),
        row.getString(10),
        row.getBytes(11),
        WaitingEntry.at(row.getString(12)));
  }

  boolean isBySchedule() {
    return by.equals(SCHEDULE);
  }

  /** Roughly its size in memory. */
  public long bytes() {
    return (long) payload.length + headers.length();
  }

  /** The sender's Content-Type; empty when there was none. */
  public String contentType() {
    return Json.own(headers).path("content-type").asText("");
  }

  /** The JSON document inside a form, as GitHub and Slack send it. */
  public Optional<byte[]> formJson() {
    return Form.of(contentType(), payload).flatMap(Form::payload);
  }
}
