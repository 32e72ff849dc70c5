package hub.watch;

import hub.watch.FigureStore.CallFigure;
import hub.watch.FigureStore.Figure;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Measures what alerts watch for, by what all nodes share, so that every node finds the same.
 * Thread-safe.
 */
final class Measures {
  /** Fewer say nothing about a share of them. */
  private static final int FEWEST_CALLS = 10;

  /** A node writes a minute some seconds after its end; the one before is there for sure. */
  private static final Duration BREAKERS_OF_THE_LAST = Duration.ofMinutes(3);

  private final Standings standings;
  private final FigureStore figures;
  private final Silences silences;
  private final Clock clock;

  Measures(Standings standings, FigureStore figures, Silences silences, Clock clock) {
    this.standings = standings;
    this.figures = figures;
    this.silences = silences;
    this.clock = clock;
  }

  /** Asks the store itself: what one node remembers another may know better. */
  Measured of(AlertRule rule) throws SQLException {
    return switch (rule.condition()) {
      case BACKLOG_AGE -> backlogAge(standings.now(), rule.of());
      case DEAD_LETTERS -> deadLetters(standings.now(), rule.of());
      case BREAKER_OPEN -> openBreakers(rule.of());
      case CALL_ERROR_RATE -> errorRate(rule);
      case SIGNATURE_FAILURES -> signatureFailures(rule);
      case MISSING_EVENTS -> silences.longest(rule.of());
    };
  }

  private Measured backlogAge(Map<String, Standing> all, String source) {
    Standing standing =
        source.isEmpty()
            ? all.values().stream().reduce(Standing.NONE, Standing::plus)
            : all.getOrDefault(source, Standing.NONE);
    return new Measured(
        standing.oldestWaitingSeconds(clock.instant()), "waiting: " + standing.backlog());
  }

  private static Measured deadLetters(Map<String, Standing> all, String source) {
    long dead = 0;
    List<String> sources = new ArrayList<>();
    for (Map.Entry<String, Standing> one : all.entrySet()) {
      if (one.getValue().dead() > 0 && (source.isEmpty() || source.equals(one.getKey()))) {
        dead += one.getValue().dead();
        sources.add(one.getKey());
      }
    }
    return new Measured(dead, String.join(", ", sources));
  }

  private Measured openBreakers(String provider) throws SQLException {
    Instant now = clock.instant();
    // The last that each node said of each provider.
    Map<String, CallFigure> last = new HashMap<>();
    for (CallFigure figure : figures.calls(now.minus(BREAKERS_OF_THE_LAST), now)) {
      last.put(figure.node() + " " + figure.provider(), figure);
    }
    TreeSet<String> open = new TreeSet<>();
    for (CallFigure figure : last.values()) {
      if (figure.breaker() > 0 && (provider.isEmpty() || provider.equals(figure.provider()))) {
        open.add(figure.provider());
      }
    }
    return new Measured(open.size(), String.join(", ", open));
  }

  private Measured errorRate(AlertRule rule) throws SQLException {
    Instant now = clock.instant();
    Map<String, long[]> byProvider = new TreeMap<>();
    for (CallFigure figure : figures.calls(now.minus(rule.window()), now)) {
      if (rule.of().isEmpty() || rule.of().equals(figure.provider())) {
        long[] sums = byProvider.computeIfAbsent(figure.provider(), name -> new long[2]);
        sums[0] += figure.calls().calls();
        sums[1] += figure.calls().errors();
      }
    }
    Measured worst = Measured.NOTHING;
    for (Map.Entry<String, long[]> one : byProvider.entrySet()) {
      long calls = one.getValue()[0];
      double percent = calls < FEWEST_CALLS ? 0 : 100.0 * one.getValue()[1] / calls;
      if (percent > worst.value()) {
        worst = new Measured(percent, one.getKey());
      }
    }
    return worst;
  }

  private Measured signatureFailures(AlertRule rule) throws SQLException {
    Instant now = clock.instant();
    long refused =
        figures.figures(now.minus(rule.window()), now).stream().mapToLong(Figure::unproven).sum();
    return new Measured(refused, "in " + rule.window().toMinutes() + " minutes");
  }
}
