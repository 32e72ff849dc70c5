package hub.util.log;

import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.MDC;

/** A field of every log line that the current thread writes, by which lines are found. */
public enum LogField {
  REQUEST_ID("requestId"),
  EVENT_ID("eventId");

  private final String field;

  LogField(String field) {
    this.field = field;
  }

  /** Sets the field while {@code work} runs; null leaves it as it is. */
  public void during(String value, Runnable work) {
    during(
        value,
        () -> {
          work.run();
          return true;
        });
  }

  /** Sets the field while {@code work} runs; null leaves it as it is. */
  public <T> T during(String value, Supplier<T> work) {
    String before = MDC.get(field);
    put(value == null ? before : value);
    try {
      return work.get();
    } finally {
      put(before);
    }
  }

  private void put(String value) {
    if (value == null) {
      MDC.remove(field);
    } else {
      MDC.put(field, value);
    }
  }

  /** The current value on this thread. */
  public Optional<String> current() {
    return Optional.ofNullable(MDC.get(field));
  }
}
