package hub.monitoring.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Where an alert stands, the same for all nodes.
 *
 * @param version grows with every change; 0: nothing is stored yet
 * @param since when what fires, or fired last, began
 * @param turningSince since when the measure says otherwise
 * @param measured what was measured when this was written
 * @param told messages sent since it fires
 * @param toldAt when the last of them was
 * @param owed a message that is to be sent
 * @param owedAt since when a node is at it
 */
record AlertState(
    String name,
    long version,
    boolean firing,
    Optional<Instant> since,
    Optional<Instant> turningSince,
    Measurement measured,
    int told,
    Optional<Instant> toldAt,
    Optional<Message> owed,
    Optional<Instant> owedAt,
    Optional<Instant> silencedUntil) {
  /** After this long another node sees to a message: the first one may have died over it. */
  private static final Duration TAKEN_OVER_AFTER = Duration.ofMinutes(1);

  /** What can be said of an alert. */
  enum Message {
    FIRING,
    REPEATED,
    OVER;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static AlertState unheardOf(String name) {
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
   * What follows from a measurement, the message that is due included.
   *
   * @param at now, in whole milliseconds as the store keeps them
   */
  AlertState next(AlertRule rule, Measurement now, Instant at) {
    AlertState turned = turn(rule, now, at);
    Optional<Message> due = turned.isSilenced(at) ? Optional.empty() : turned.due(rule, at);
    return turned.owing(due, at);
  }

  /** Fires, or is over, when the measure has said so for long enough. */
  private AlertState turn(AlertRule rule, Measurement now, Instant at) {
    boolean above = now.value() > rule.above();
    if (above == firing) {
      return with(firing, since, Optional.empty(), firing ? now : measured, told, toldAt, owed);
    }
    Instant began = turningSince.orElse(at);
    if (at.isBefore(began.plus(rule.lasts()))) {
      return with(firing, since, Optional.of(began), measured, told, toldAt, owed);
    }
    if (above) {
      return with(
          true, Optional.of(began), Optional.empty(), now, 0, Optional.empty(), Optional.empty());
    }
    // Whoever may have heard of it hears that it is over.
    Optional<Message> last =
        told > 0 || owed.isPresent() ? Optional.of(Message.OVER) : Optional.empty();
    return with(false, since, Optional.empty(), measured, told, toldAt, last);
  }

  private Optional<Message> due(AlertRule rule, Instant at) {
    if (!firing || owed.isPresent()) {
      return owed;
    }
    if (told == 0) {
      return Optional.of(Message.FIRING);
    }
    boolean again =
        !rule.repeat().isZero()
            && toldAt.filter(last -> at.isBefore(last.plus(rule.repeat()))).isEmpty();
    return again ? Optional.of(Message.REPEATED) : Optional.empty();
  }

  /** Takes a message on: a new one, or one that another node did not get done. */
  private AlertState owing(Optional<Message> due, Instant at) {
    boolean taken =
        due.isPresent()
            && due.equals(owed)
            && owedAt.filter(then -> at.isBefore(then.plus(TAKEN_OVER_AFTER))).isPresent();
    Optional<Instant> when = due.isEmpty() ? Optional.empty() : taken ? owedAt : Optional.of(at);
    return new AlertState(
        name,
        version,
        firing,
        since,
        turningSince,
        measured,
        told,
        toldAt,
        due,
        when,
        silencedUntil);
  }

  /** The message that whoever wrote this state has to send. */
  Optional<Message> takenOnAt(Instant at) {
    return owedAt.equals(Optional.of(at)) ? owed : Optional.empty();
  }

  /** After the message has been sent. */
  AlertState told(Instant at) {
    return with(firing, since, turningSince, measured, told + 1, Optional.of(at), Optional.empty());
  }

  /**
   * @param until empty: not any more
   */
  AlertState silenced(Optional<Instant> until) {
    return new AlertState(
        name, version, firing, since, turningSince, measured, told, toldAt, owed, owedAt, until);
  }

  AlertState withVersion(long number) {
    return new AlertState(
        name,
        number,
        firing,
        since,
        turningSince,
        measured,
        told,
        toldAt,
        owed,
        owedAt,
        silencedUntil);
  }

  private AlertState with(
      boolean nowFiring,
      Optional<Instant> nowSince,
      Optional<Instant> nowTurning,
      Measurement nowMeasured,
      int nowTold,
      Optional<Instant> nowToldAt,
      Optional<Message> nowOwed) {
    return new AlertState(
        name,
        version,
        nowFiring,
        nowSince,
        nowTurning,
        nowMeasured,
        nowTold,
        nowToldAt,
        nowOwed,
        nowOwed.isPresent() ? owedAt : Optional.empty(),
        silencedUntil);
  }

  /** One message, the same from every node: an inbox takes it once. */
  String key(Message message) {
    String begun = name + "/" + since.orElse(Instant.EPOCH).toEpochMilli() + "/" + message.text();
    return message == Message.REPEATED ? begun + "-" + told : begun;
  }
}
