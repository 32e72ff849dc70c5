package hub.trial;

import hub.lint.TestCase.Stub;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One run of a test: gives the answers of its stubs and notes what the routes do. Thread-safe. */
final class Stage {
  /** Never stops. */
  static final int NEVER = 0;

  /** Stops when the handler has ended, before the inbox notes it. */
  static final int AT_END = -1;

  private final Map<String, List<Stub>> stubs;
  private final int stopAfter;
  private final Map<String, Integer> turns = new HashMap<>();
  private final Map<String, Stub> answered = new HashMap<>();
  private final List<SentCall> calls = new ArrayList<>();
  private final Map<String, String> missing = new LinkedHashMap<>();
  private final Set<String> storing = new LinkedHashSet<>();
  private final List<String> log = new ArrayList<>();
  private boolean stopped;
  private boolean hasStopped;
  private String stoppedAt = "";

  /**
   * @param stubs by the step's id
   * @param stopAfter the number of the call, from 1, after which the process ends; or {@link
   *     #NEVER}, {@link #AT_END}
   */
  Stage(Map<String, List<Stub>> stubs, int stopAfter) {
    this.stubs = stubs;
    this.stopAfter = stopAfter;
  }

  boolean hasStub(String step) {
    return stubs.containsKey(step);
  }

  /**
   * Notes a call and returns its answer. A call with the idempotency key of an earlier one gets the
   * same answer, as from a provider.
   *
   * @throws MissingStubException when the step has no stub
   */
  synchronized Stub answer(SentCall call) {
    List<Stub> answers = stubs.get(call.step());
    if (answers == null) {
      missing.putIfAbsent(call.place(), call.step());
      throw new MissingStubException(call.place());
    }
    String keyed = call.key().map(key -> call.step() + " " + key).orElse("");
    Stub answer = answered.get(keyed);
    if (answer == null) {
      int turn = turns.merge(call.step(), 1, Integer::sum);
      answer = answers.get(Math.min(turn, answers.size()) - 1);
    }
    boolean isTaken =
        answer.failure().isEmpty() && answer.status() < 300 && answer.delayMillis() == 0;
    if (isTaken && !keyed.isEmpty()) {
      answered.put(keyed, answer);
    }
    calls.add(answer.idempotent() ? call.asRepeatable() : call);
    return answer;
  }

  /** Notes a step that leaves the process and has no stub. */
  synchronized void missing(String step, String place) {
    missing.putIfAbsent(place, step);
  }

  /** Notes a step that writes to the hub's database. */
  synchronized void stores(String place) {
    storing.add(place);
  }

  synchronized List<String> storing() {
    return List.copyOf(storing);
  }

  synchronized void log(String line) {
    log.add(line);
  }

  /** Whether the process is to end now, after a step. */
  synchronized boolean stopsAfter(String place) {
    if (stopAfter > NEVER && !hasStopped && calls.size() >= stopAfter) {
      stop(place);
      return true;
    }
    return false;
  }

  /** Whether the process is to end now, at the end of the handler. */
  synchronized boolean stopsAtEnd() {
    if (stopAfter == AT_END && !hasStopped) {
      stop("");
      return true;
    }
    return false;
  }

  private void stop(String place) {
    stopped = true;
    hasStopped = true;
    stoppedAt = place;
  }

  /** Whether the process has ended, and was not started again. */
  synchronized boolean isStopped() {
    return stopped;
  }

  synchronized boolean hasStopped() {
    return hasStopped;
  }

  /** The step after which the process ended; empty: at the handler's end. */
  synchronized String stoppedAt() {
    return stoppedAt;
  }

  synchronized void startAgain() {
    stopped = false;
  }

  synchronized List<SentCall> calls() {
    return List.copyOf(calls);
  }

  /** Ids by place. */
  synchronized Map<String, String> missing() {
    return new LinkedHashMap<>(missing);
  }

  synchronized List<String> log() {
    return List.copyOf(log);
  }

  /** The answers of a step, as they are written; empty without a stub. */
  List<Stub> stubsOf(String step) {
    return Optional.ofNullable(stubs.get(step)).orElse(List.of());
  }
}
