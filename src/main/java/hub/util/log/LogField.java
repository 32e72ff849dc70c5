package hub.util.log;

import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.MDC;

/** An id by which a line of the log is found, kept by the thread that writes it. */
public enum LogField {
  REQUEST_ID("requestId"),
  EVENT_ID("eventId");

  private final String field;

  LogField(String field) {
    this.field = field;
  }

  /** The lines of {@code work} have {@code value}, unless it is null. */
  public void during(String value, Runnable work) {
    during(
        value,
        () -> {
          work.run();
          return true;
        });
  }

  /** The lines of {@code work} have {@code value}, unless it is null. */
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

  /** What lines written now have. */
  public Optional<String> current() {
    return Optional.ofNullable(MDC.get(field));
  }
}
