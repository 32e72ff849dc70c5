package hub.inbox.simulation;

import java.time.Duration;
import java.util.Random;

/**
 * How often what goes wrong, each drawn for a seed: some seeds have many faults of one kind, some
 * have none.
 *
 * @param error a statement fails before it does anything
 * @param cut the connection breaks before a statement, and its transaction is rolled back
 * @param untold a transaction is committed, and the node is told that the connection broke
 * @param slow a statement takes seconds
 * @param failing an attempt of a handler fails
 * @param crashes nodes that are killed during the run
 * @param freezes how often a node stands still for seconds, as under SIGSTOP
 * @param batch events that a handler without order takes at a time, at most
 * @param cluster several nodes at a time; else one, and all leases end when it starts
 */
record Faults(
    double error,
    double cut,
    double untold,
    double slow,
    double failing,
    int crashes,
    int freezes,
    int batch,
    boolean cluster) {
  /** No faults happen later, so that what has been acknowledged can be handled. */
  static final Duration UNTIL = Duration.ofSeconds(40);

  static Faults drawn(Random random) {
    return new Faults(
        rate(random, 0.02),
        rate(random, 0.01),
        rate(random, 0.05),
        rate(random, 0.01),
        rate(random, 0.4),
        random.nextInt(4),
        random.nextInt(4),
        random.nextBoolean() ? 1 : 3,
        random.nextInt(4) > 0);
  }

  private static double rate(Random random, double most) {
    return random.nextInt(3) == 0 ? 0 : most * random.nextDouble();
  }
}
