package hub.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What the rounds measured of one candidate; the median of them speaks for it. */
final class Series {
  private final Candidate candidate;
  private final List<Load.Result> loads = new ArrayList<>();
  private final List<Double> drains = new ArrayList<>();
  private long residentBytes;
  private long databaseBytes;

  Series(Candidate candidate) {
    this.candidate = candidate;
  }

  Candidate candidate() {
    return candidate;
  }

  void add(Load.Result load) {
    loads.add(load);
  }

  void addDrained(double perSecond) {
    drains.add(perSecond);
  }

  void weigh(long resident, long database) {
    residentBytes = resident;
    databaseBytes = database;
  }

  double perSecond() {
    return median(Load.Result::perSecond);
  }

  double p50Millis() {
    return median(Load.Result::p50Millis);
  }

  double p99Millis() {
    return median(Load.Result::p99Millis);
  }

  double drainedPerSecond() {
    return median(drains);
  }

  long residentBytes() {
    return residentBytes;
  }

  long databaseBytes() {
    return databaseBytes;
  }

  private double median(ToDoubleFunction<Load.Result> value) {
    return median(loads.stream().map(load -> value.applyAsDouble(load)).toList());
  }

  private static double median(List<Double> values) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
