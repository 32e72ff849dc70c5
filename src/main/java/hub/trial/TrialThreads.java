package hub.trial;

import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.filter.AbstractFilter;

/** Knows the threads of hubs under test: the one that runs the tests, and all that come from it. */
final class TrialThreads {
  private static final InheritableThreadLocal<Boolean> OF_TRIAL = new InheritableThreadLocal<>();

  private TrialThreads() {}

  /** Runs {@code work}; its thread and those that it starts are a trial's. */
  static void run(Runnable work) {
    OF_TRIAL.set(true);
    try {
      work.run();
    } finally {
      OF_TRIAL.remove();
    }
  }

  /** Lets no line of theirs through, so that nobody takes it for one of the hub that runs. */
  static Filter filter() {
    return new AbstractFilter() {
      @Override
      public Result filter(LogEvent event) {
        return OF_TRIAL.get() == null ? Result.NEUTRAL : Result.DENY;
      }
    };
  }
}
