package hub.lint;

import hub.util.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One test of a file {@code *.test.yaml}, as it is written.
 *
 * @param file the file
 * @param where file and line, for messages
 * @param name one sentence
 * @param stubs the answers of a step in turn, by the step's id; the last one repeats
 * @param then what must be so afterwards
 * @param settings settings of this test alone
 * @param atLeastOnce whether an effect may happen more than once
 */
public record TestCase(
    Path file,
    String where,
    String name,
    Given given,
    Map<String, List<Stub>> stubs,
    Then then,
    Map<String, String> settings,
    boolean atLeastOnce) {

  /** What starts the route. */
  public enum Kind {
    EVENT,
    REQUEST,
    SCHEDULE,
    POLL,
    ALERT
  }

  /**
   * What is given.
   *
   * @param route the route that is started, for {@link Kind#SCHEDULE} and {@link Kind#POLL}
   * @param fields of the event, the request or the alert, as JSON would hold them
   * @param time when the test begins; empty: now
   * @param sql statements that prepare the database
   * @param advance how far the clock is moved, each time after the hub has come to rest
   */
  public record Given(
      String where,
      Kind kind,
      String route,
      Map<String, Object> fields,
      Optional<Instant> time,
      List<Expected> sql,
      List<Duration> advance) {
    /** The field that holds the bytes of {@code file:}. */
    static final String FILE_CONTENT = "content";

    /** A field as text; empty when it is not given. */
    public Optional<String> text(String field) {
      return Optional.ofNullable(fields.get(field)).map(String::valueOf);
    }

    /** A field that is a map; empty when it is not given. */
    public Map<?, ?> map(String field) {
      return fields.get(field) instanceof Map<?, ?> map ? map : Map.of();
    }

    /**
     * The bytes of the file that is given, else of a field: a text as it is, all else as JSON;
     * without both, none.
     */
    public byte[] bytes(String field) {
      if (fields.get(FILE_CONTENT) instanceof byte[] bytes) {
        return bytes;
      }
      Object written = fields.get(field);
      if (written == null) {
        return new byte[0];
      }
      return written instanceof String text
          ? text.getBytes(StandardCharsets.UTF_8)
          : Json.bytes(written);
    }
  }

  /**
   * An answer that stands in for a step.
   *
   * @param body maps, lists, texts, numbers; null: none
   * @param failure the message of the exception that the step throws
   * @param delayMillis how long the step takes, on the test's clock
   * @param idempotent whether the other side takes a repetition for the same thing
   */
  public record Stub(
      String where,
      Object body,
      Map<String, String> headers,
      int status,
      Optional<String> failure,
      long delayMillis,
      boolean idempotent) {}

  /**
   * What is expected.
   *
   * @param log texts, each in one line of the log
   * @param calls by the step's id
   * @param rows the result by the statement
   * @param lists of {@code emails} and {@code events}; absent ones are not checked
   */
  public record Then(
      String where,
      Optional<Expected> state,
      Optional<Expected> error,
      Optional<Expected> attempts,
      List<Expected> log,
      List<ExpectedCall> calls,
      List<Expected> rows,
      Map<String, Expected> lists,
      Map<String, Expected> answer) {}

  /**
   * One expectation.
   *
   * @param name what it is about: the key, the statement
   */
  public record Expected(String where, String name, Object value) {}

  /**
   * What a step is expected to have sent.
   *
   * @param times how often; empty: at least once
   * @param sent the fields of each call, or those of the only one, which then holds for all
   * @param inTurn whether {@code sent} lists the calls in turn
   */
  public record ExpectedCall(
      String where,
      String step,
      Optional<Integer> times,
      List<Map<String, Expected>> sent,
      boolean inTurn) {}
}
