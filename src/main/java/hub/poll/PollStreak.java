package hub.poll;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of one source that failed one after another: when the next one is due, and what is
 * logged. An API that is away for a day makes a line an hour, not one a run. For one thread at a
 * time.
 */
final class PollStreak {
  private static final Logger LOG = LoggerFactory.getLogger("hub.poll");

  /** A shorter wait than this grows from failure to failure up to it. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private static final Duration REPEAT = Duration.ofHours(1);

  /** 2 to the power of this is more than the longest wait in seconds. */
  private static final int MAX_DOUBLINGS = 6;

  private final String source;
  private final Duration every;
  private int failures;
  private String last = "";
  private long toldAt;

  PollStreak(String source, Duration every) {
    this.source = source;
    this.every = every;
  }

  /**
   * Notes a run that failed.
   *
   * @param wanted the wait that the provider asks for
   * @return when the next run is due
   */
  Duration failed(PollOutcome outcome, String error, Optional<Duration> wanted) {
    failures++;
    long now = System.nanoTime();
    String kind = outcome.text() + error.replaceAll("\\d+", "0");
    if (!kind.equals(last) || now - toldAt > REPEAT.toNanos()) {
      LOG.warn(
          "poll={} outcome={} failures={} error={}; the cursor stays, and the next run goes on from it",
          source,
          outcome.text(),
          failures,
          error);
      last = kind;
      toldAt = now;
    } else {
      LOG.debug("poll={} outcome={} failures={} error={}", source, outcome.text(), failures, error);
    }
    Duration wait = every;
    if (every.compareTo(LONGEST_WAIT) < 0) {
      Duration grown = every.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
      wait = grown.compareTo(LONGEST_WAIT) < 0 ? grown : LONGEST_WAIT;
    }
    return wanted.isPresent() && wanted.get().compareTo(wait) > 0 ? wanted.get() : wait;
  }

  /** Notes a run that succeeded. */
  Duration succeeded(PollOutcome outcome, int pages, int items) {
    if (failures > 0) {
      LOG.info(
          "poll={} outcome={} works again after {} failed runs", source, outcome.text(), failures);
    }
    failures = 0;
    last = "";
    if (items > 0) {
      LOG.info("poll={} outcome={} pages={} new={}", source, outcome.text(), pages, items);
    } else {
      LOG.debug("poll={} outcome={} pages={} new=0", source, outcome.text(), pages);
    }
    return every;
  }
}
