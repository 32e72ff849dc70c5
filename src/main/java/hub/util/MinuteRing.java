package hub.util;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What happened in each of the last fifteen minutes. A minute in which nothing happened has
 * nothing. Thread-safe; what is kept of a minute is touched under its lock alone.
 *
 * @param <T> what is kept of a minute
 */
public final class MinuteRing<T> {
  /** How many are kept, the current one included. */
  public static final int KEPT = 15;

  private record Minute<T>(long number, T content) {}

  private final Clock clock;
  private final Supplier<T> empty;
  private final List<Optional<Minute<T>>> ring = new ArrayList<>();

  /**
   * @param empty makes what a minute begins with
   */
  public MinuteRing(Clock clock, Supplier<T> empty) {
    this.clock = clock;
    this.empty = empty;
    for (int i = 0; i < KEPT; i++) {
      ring.add(Optional.empty());
    }
  }

  /** Minutes since 1970 at {@code clock}. */
  public static long number(Clock clock) {
    return Math.floorDiv(clock.millis(), 60_000L);
  }

  /** Changes what is kept of the current minute. */
  public synchronized void note(Consumer<T> change) {
    long number = number(clock);
    int slot = (int) Math.floorMod(number, (long) KEPT);
    Optional<Minute<T>> there = ring.get(slot).filter(minute -> minute.number() == number);
    if (there.isEmpty()) {
      there = Optional.of(new Minute<>(number, empty.get()));
      ring.set(slot, there);
    }
    change.accept(there.get().content());
  }

  /** Looks at one minute; empty when nothing happened in it, or it is too long ago. */
  public synchronized <R> Optional<R> at(long number, Function<T, R> look) {
    return ring.get((int) Math.floorMod(number, (long) KEPT))
        .filter(minute -> minute.number() == number)
        .map(Minute::content)
        .map(look);
  }

  /** Looks at every minute that is kept. */
  public synchronized void each(Consumer<T> look) {
    long first = number(clock) - KEPT + 1;
    ring.forEach(
        slot ->
            slot.filter(minute -> minute.number() >= first).map(Minute::content).ifPresent(look));
  }
}
