package hub.inbox.db;

import hub.util.Form;
import hub.util.Json;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * An event in the hands of a handler.
 *
 * @param token proves, when finishing, that the lease is still ours
 * @param attempt counted from 1; this one included
 * @param begun the store knows that a handler has begun with it
 * @param by who had it run: {@code schedule}, {@code sender}, or an operator's id
 * @param waiting since when it has been put off without having been run by anybody in between;
 *     empty when its last attempt was a real one
 */
public record Delivery(
    UUID eventId,
    UUID token,
    int attempt,
    boolean begun,
    String by,
    String source,
    String providerEventId,
    String type,
    Optional<String> orderingKey,
    Instant receivedAt,
    String headers,
    byte[] payload,
    Optional<WaitingEntry> waiting) {
  static final String SCHEDULE = "schedule";

  /** As the store tells it: null is the schedule. */
  static String by(String runBy) {
    return runBy == null ? SCHEDULE : runBy;
  }

  boolean isBySchedule() {
    return by.equals(SCHEDULE);
  }

  /** What it takes in memory, roughly. */
  public long bytes() {
    return (long) payload.length + headers.length();
  }

  /** As the sender said; empty when it did not. */
  public String contentType() {
    return Json.own(headers).path("content-type").asText("");
  }

  /** The JSON that a form of GitHub's or Slack's carries: what handlers want to read. */
  public Optional<byte[]> formJson() {
    return Form.payload(contentType(), payload);
  }
}
