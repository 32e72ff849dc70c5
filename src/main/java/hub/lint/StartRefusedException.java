package hub.lint;

import java.util.List;
import java.util.stream.Collectors;

/** The start is refused; the message has one line for every fault. */
public final class StartRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartRefusedException(List<Fault> faults) {
    super(
        faults.stream().map(Fault::toString).collect(Collectors.joining(System.lineSeparator())),
        null,
        false,
        false);
  }
}
