package hub.monitoring.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The state of an alert, stored once for all nodes. Its life is that of an alert in Prometheus: the
 * condition holds (pending), holds for {@code forDuration} (firing), and no longer holds for as
 * long (resolved).
 *
 * @param version grows by 1 with every change; 0: nothing is stored yet
 * @param startsAt when the current firing began, or the last one if it is resolved
 * @param pendingSince since when the measurement contradicts {@code firing}; empty: it agrees
 * @param measurement the last one taken while firing
 * @param sentCount messages sent since it began to fire
 * @param lastSentAt when the last of them was sent
 * @param due the message that has to be sent next; empty: none
 * @param claimedAt when a node began to send {@code due}
 * @param silencedUntil no message is sent before; empty: not silenced
 */
record AlertState(
    String name,
    long version,
    boolean firing,
    Optional<Instant> startsAt,
    Optional<Instant> pendingSince,
    Measurement measurement,
    int sentCount,
    Optional<Instant> lastSentAt,
    Optional<Message> due,
    Optional<Instant> claimedAt,
    Optional<Instant> silencedUntil) {
  /** After this long another node may send the message: the node that claimed it may have died. */
  private static final Duration CLAIM_LASTS = Duration.ofMinutes(1);

  /** What an alert can send. */
  enum Message {
    FIRING("firing"),
    REPEATED("repeated"),
    RESOLVED("over");

    private final String text;

    Message(String text) {
      this.text = text;
    }

    /** The word in the store, in event keys and in the variable {@code alertState}. */
    String text() {
      return text;
    }

    /**
     * @throws IllegalArgumentException for any other word
     */
    static Message of(String text) {
      return Arrays.stream(values())
          .filter(message -> message.text.equals(text))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no alert message: " + text));
    }
  }

  /** The state of an alert that has never fired. */
  static AlertState initial(String name) {
    return new AlertState(
        name,
        0,
        false,
        Optional.empty(),
        Optional.empty(),
        Measurement.NOTHING,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  boolean isSilenced(Instant now) {
    return silencedUntil.filter(now::isBefore).isPresent();
  }

  /**
   * The state after a measurement, including the message that is due.
   *
   * @param now the measurement
   * @param at its time, in whole milliseconds as the store keeps them
   */
  AlertState next(AlertRule rule, Measurement now, Instant at) {
    AlertState changed = transition(rule, now, at);
    Optional<Message> due =
        changed.isSilenced(at) ? Optional.empty() : changed.dueMessage(rule, at);
    return changed.claim(due, at);
  }

  /** Begins to fire, or is resolved, once the measurement has said so for the rule's duration. */
  private AlertState transition(AlertRule rule, Measurement now, Instant at) {
    boolean above = now.value() > rule.above();
    if (above == firing) {
      return with(
          firing,
          startsAt,
          Optional.empty(),
          firing ? now : measurement,
          sentCount,
          lastSentAt,
          due);
    }
    Instant began = pendingSince.orElse(at);
    if (at.isBefore(began.plus(rule.forDuration()))) {
      return with(firing, startsAt, Optional.of(began), measurement, sentCount, lastSentAt, due);
    }
    if (above) {
      return with(
          true, Optional.of(began), Optional.empty(), now, 0, Optional.empty(), Optional.empty());
    }
    // Only those who were told of the alert are told that it is over.
    Optional<Message> last =
        sentCount > 0 || due.isPresent() ? Optional.of(Message.RESOLVED) : Optional.empty();
    return with(false, startsAt, Optional.empty(), measurement, sentCount, lastSentAt, last);
  }

  private Optional<Message> dueMessage(AlertRule rule, Instant at) {
    if (!firing || due.isPresent()) {
      return due;
    }
    if (sentCount == 0) {
      return Optional.of(Message.FIRING);
    }
    boolean again =
        !rule.repeat().isZero()
            && lastSentAt.filter(last -> at.isBefore(last.plus(rule.repeat()))).isEmpty();
    return again ? Optional.of(Message.REPEATED) : Optional.empty();
  }

  /** Claims a message for this node: a new one, or one whose claim by another node has run out. */
  private AlertState claim(Optional<Message> message, Instant at) {
    boolean isClaimed =
        message.isPresent()
            && message.equals(due)
            && claimedAt.filter(then -> at.isBefore(then.plus(CLAIM_LASTS))).isPresent();
    Optional<Instant> newClaimedAt =
        message.isEmpty() ? Optional.empty() : isClaimed ? claimedAt : Optional.of(at);
    return with(version, message, newClaimedAt, silencedUntil);
  }

  /** The message that the node which wrote this state at {@code at} has to send. */
  Optional<Message> messageClaimedAt(Instant at) {
    return claimedAt.equals(Optional.of(at)) ? due : Optional.empty();
  }

  /** The state after the due message was sent. */
  AlertState sent(Instant at) {
    return with(
        firing,
        startsAt,
        pendingSince,
        measurement,
        sentCount + 1,
        Optional.of(at),
        Optional.empty());
  }

  /**
   * @param until empty: ends the silence
   */
  AlertState withSilence(Optional<Instant> until) {
    return with(version, due, claimedAt, until);
  }

  AlertState withVersion(long number) {
    return with(number, due, claimedAt, silencedUntil);
  }

  private AlertState with(
      long newVersion,
      Optional<Message> newDue,
      Optional<Instant> newClaimedAt,
      Optional<Instant> until) {
    return new AlertState(
        name,
        newVersion,
        firing,
        startsAt,
        pendingSince,
        measurement,
        sentCount,
        lastSentAt,
        newDue,
        newClaimedAt,
        until);
  }

  private AlertState with(
      boolean newFiring,
      Optional<Instant> newStartsAt,
      Optional<Instant> newPendingSince,
      Measurement newMeasurement,
      int newSentCount,
      Optional<Instant> newLastSentAt,
      Optional<Message> newDue) {
    return new AlertState(
        name,
        version,
        newFiring,
        newStartsAt,
        newPendingSince,
        newMeasurement,
        newSentCount,
        newLastSentAt,
        newDue,
        newDue.isPresent() ? claimedAt : Optional.empty(),
        silencedUntil);
  }

  /** The event id of a message: the same from every node, so that the inbox stores it once. */
  String key(Message message) {
    String prefix =
        name + "/" + startsAt.orElse(Instant.EPOCH).toEpochMilli() + "/" + message.text();
    return message == Message.REPEATED ? prefix + "-" + sentCount : prefix;
  }
}
