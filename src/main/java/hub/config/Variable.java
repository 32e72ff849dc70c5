package hub.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A variable of an integration, as {@code variables.yaml} of its folder declares it.
 *
 * @param folder the folder below {@code routes/}
 * @param isRequired whether the hub does not start without a value
 * @param limits which values of the kind are valid
 * @param testValue the value in tests of routes; empty: the default, else a made-up one where a
 *     route names it
 * @param probe how to see whether a secret is right
 */
public record Variable(
    String folder,
    String key,
    ValueKind kind,
    String defaultValue,
    String meaning,
    boolean isRequired,
    Limits limits,
    String testValue,
    Optional<Probe> probe)
    implements Declared {

  /**
   * What a declaration says beyond the kind.
   *
   * @param choices the words of a choice
   * @param min the least of an integer
   * @param max the largest of an integer
   * @param prefixes how a secret begins; empty: in any way
   * @param otherPrefix what another beginning means, for the warning
   * @param routes the beginning of the routes' addresses of which it names the rest
   */
  public record Limits(
      List<String> choices,
      long min,
      long max,
      List<String> prefixes,
      String otherPrefix,
      String routes) {}

  /** Whether another folder declares the same: only then may both declare the name. */
  public boolean isLike(Variable other) {
    return kind == other.kind
        && defaultValue.equals(other.defaultValue)
        && limits.choices().equals(other.limits.choices())
        && limits.min() == other.limits.min()
        && limits.max() == other.limits.max();
  }

  @Override
  public String expected() {
    return switch (kind) {
      case INTEGER -> "a whole number from " + limits.min() + " to " + limits.max();
      case CHOICE -> words(limits.choices());
      case ROUTE -> "the NAME of a route from " + limits.routes() + "NAME";
      default -> kind.description();
    };
  }

  /** {@code a, b or c}. */
  private static String words(List<String> all) {
    int last = all.size() - 1;
    return last < 1
        ? String.join("", all)
        : all.subList(0, last).stream().collect(Collectors.joining(", ")) + " or " + all.get(last);
  }

  @Override
  public Optional<String> complaint(String value) {
    boolean right =
        switch (kind) {
          case INTEGER -> isWithin(value);
          case CHOICE -> limits.choices().contains(value);
          default -> true;
        };
    return right
        ? kind.complaint(value)
        : Optional.of("must be " + expected() + ", not '" + value + "'");
  }

  private boolean isWithin(String value) {
    if (!value.matches("-?\\d{1,18}")) {
      return false;
    }
    long number = Long.parseLong(value);
    return number >= limits.min() && number <= limits.max();
  }

  /** Whether a secret begins as its declaration says. */
  public boolean hasPrefix(String secret) {
    return limits.prefixes().isEmpty() || limits.prefixes().stream().anyMatch(secret::startsWith);
  }
}
