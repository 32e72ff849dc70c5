package hub.util;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Keeps one value for each of the last fifteen minutes. A minute without a change has no value.
 * Thread-safe: values are only touched under the lock.
 *
 * @param <T> the value of a minute, mutable
 */
public final class MinuteRing<T> {
  /** How many minutes are kept, including the current one. */
  public static final int KEPT = 15;

  private record Minute<T>(long number, T value) {}

  private final Clock clock;
  private final Supplier<T> empty;
  private final List<Optional<Minute<T>>> ring = new ArrayList<>();

  /**
   * @param empty makes the value that a minute starts with
   */
  public MinuteRing(Clock clock, Supplier<T> empty) {
    this.clock = clock;
    this.empty = empty;
    for (int i = 0; i < KEPT; i++) {
      ring.add(Optional.empty());
    }
  }

  /** The current minute by {@code clock}, counted from 1970. */
  public static long number(Clock clock) {
    return Math.floorDiv(clock.millis(), 60_000L);
  }

  /** Changes the value of the current minute. */
  public synchronized void note(Consumer<T> change) {
    long number = number(clock);
    int slot = (int) Math.floorMod(number, (long) KEPT);
    Optional<Minute<T>> there = ring.get(slot).filter(minute -> minute.number() == number);
    if (there.isEmpty()) {
      there = Optional.of(new Minute<>(number, empty.get()));
      ring.set(slot, there);
    }
    change.accept(there.get().value());
  }

  /** Reads one minute; empty when it has no value or is too long ago. */
  public synchronized <R> Optional<R> at(long number, Function<T, R> look) {
    return ring.get((int) Math.floorMod(number, (long) KEPT))
        .filter(minute -> minute.number() == number)
        .map(Minute::value)
        .map(look);
  }

  /** Reads every minute that is kept and has a value. */
  public synchronized void each(Consumer<T> look) {
    long first = number(clock) - KEPT + 1;
    ring.forEach(
        slot -> slot.filter(minute -> minute.number() >= first).map(Minute::value).ifPresent(look));
  }
}
