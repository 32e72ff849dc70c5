package hub.lint;

import java.util.List;
import java.util.stream.Collectors;

/** Settings or routes are wrong; the message has every fault on a line of its own. */
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
