package hub.inbox.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The inbox keeps its promises however its nodes, connections and clocks fail. {@code -Dsim.seed=7}
 * runs one seed and prints what happened.
 */
class SimulationTest {
  private static final int FEW_SEEDS = 10;
  private static final int SEEDS = 200;
  private static final int MANY_SEEDS = 10_000;

  private static SimulatedDatabase database;
  private static Level level;

  /** The faults would fill the log. */
  @BeforeAll
  static void open() throws SQLException {
    level = LogManager.getLogger("hub").getLevel();
    Configurator.setLevel("hub", Level.OFF);
    database = new SimulatedDatabase();
  }

  @AfterAll
  static void restoreLog() {
    Configurator.setLevel("hub", level);
  }

  @Test
  void whatever_fails_nothing_is_lost_doubled_or_out_of_order() throws SQLException {
    Optional<Long> one = Optional.ofNullable(Long.getLong("sim.seed"));
    if (one.isPresent()) {
      Simulation.Result result = Simulation.run(database, one.get(), Mutant.NONE, true);
      System.out.println(result.trace().text());
      check(one.get(), result);
    } else {
      run(1, FEW_SEEDS);
    }
  }

  @Test
  @Tag("long")
  void the_same_for_the_other_seeds_up_to_two_hundred() throws SQLException {
    run(FEW_SEEDS + 1, SEEDS);
  }

  @Test
  @Tag("faults")
  void the_same_for_ten_thousand_seeds() throws SQLException {
    run(1, MANY_SEEDS);
  }

  private static void run(long first, long last) throws SQLException {
    long effects = 0;
    long acknowledged = 0;
    for (long seed = first; seed <= last; seed++) {
      Simulation.Result result = Simulation.run(database, seed, Mutant.NONE, false);
      check(seed, result);
      effects += result.effects();
      acknowledged += result.acknowledged();
    }
    System.out.printf(
        "seeds %d to %d: %d requests, %d effects%n", first, last, acknowledged, effects);
    assertThat(effects).isGreaterThan(5 * (last - first + 1));
  }

  private static void check(long seed, Simulation.Result result) {
    result
        .violation()
        .ifPresent(
            error -> {
              throw new AssertionError(
                  "seed %d: %s; repeat it with mvn test -Dtest=SimulationTest -Dsim.seed=%d"
                      .formatted(seed, error.getMessage(), seed),
                  error);
            });
  }

  @Test
  void a_seed_repeats_exactly() throws SQLException {
    for (long seed = 1; seed <= 5; seed++) {
      String first = Simulation.run(database, seed, Mutant.NONE, true).trace().text();
      String second = Simulation.run(database, seed, Mutant.NONE, true).trace().text();
      int same = Arrays.mismatch(first.toCharArray(), second.toCharArray());
      assertThat(same)
          .as(() -> "the second run goes on with " + second.substring(same).lines().findFirst())
          .isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  @Tag("long")
  void it_finds_a_fault_that_is_put_in(Mutant mutant) throws SQLException {
    for (long seed : LongStream.rangeClosed(1, SEEDS).toArray()) {
      Optional<AssertionError> violation =
          Simulation.run(database, seed, mutant, false).violation();
      if (violation.isPresent()) {
        System.out.printf("%s: seed %d: %s%n", mutant, seed, violation.get().getMessage());
        return;
      }
    }
    throw new AssertionError("no seed found " + mutant);
  }
}
