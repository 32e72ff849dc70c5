package hub.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What the rounds measured of one candidate; the median of them speaks for it. */
final class Series {
  private final Candidate candidate;
  private final List<Load.Result> loads = new ArrayList<>();
  private final List<Double> loadCpu = new ArrayList<>();
  private long residentBytes;

  Series(Candidate candidate) {
    this.candidate = candidate;
  }

  Candidate candidate() {
    return candidate;
  }

  /**
   * @param cpuNanos of the hub for all requests
   */
  void add(Load.Result load, long cpuNanos) {
    loads.add(load);
    loadCpu.add(cpuNanos / 1e3 / load.requests());
  }

  void weigh(long resident) {
    residentBytes = resident;
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

  /** Processor time of the hub for one request. */
  double receivingMicros() {
    return median(loadCpu);
  }

  long residentBytes() {
    return residentBytes;
  }

  private double median(ToDoubleFunction<Load.Result> value) {
    return median(loads.stream().map(load -> value.applyAsDouble(load)).toList());
  }

  static double median(List<Double> values) {
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
