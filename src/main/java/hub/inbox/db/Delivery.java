package hub.inbox.db;

import hub.util.Form;
import hub.util.Json;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * An event that a handler has leased.
 *
 * @param token the lease token: proves at the end that the lease was not lost
 * @param attempt number of this attempt, from 1
 * @param started the store knows that the handler has started it
 * @param by what caused the attempt: {@code schedule}, {@code sender}, or an operator's id
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
    Instant receivedAt,
    String headers,
    byte[] payload,
    Optional<WaitingEntry> waitingEntry) {
  static final String SCHEDULE = "schedule";

  /** Reads the column {@code run_by}: null is the schedule. */
  static String by(String runBy) {
    return runBy == null ? SCHEDULE : runBy;
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
    return Form.payload(contentType(), payload);
  }
}
