package hub.poll;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How far a list was read: the value of one field of an item, such as the time of its last change.
 *
 * @param text as the API writes it
 */
public record ListCursor(String text) {
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,100}(\\.\\d{1,100})?");
  private static final Pattern NUMBERED = Pattern.compile("(\\D{1,100})(\\d{1,100})");

  /**
   * Compares two cursors where their order can be told: of two numbers, two times, or two texts
   * that differ in the number at their end. Empty for other texts, such as random ids.
   */
  OptionalInt compareWith(ListCursor other) {
    if (text.equals(other.text)) {
      return OptionalInt.of(0);
    }
    return Stream.<Function<String, Optional<?>>>of(
            ListCursor::number, ListCursor::time, ListCursor::numbered)
        .map(reader -> compare(reader.apply(text), reader.apply(other.text)))
        .filter(OptionalInt::isPresent)
        .findFirst()
        .orElse(OptionalInt.empty());
  }

  /** Whether it is known to be before {@code other}. */
  boolean isBefore(ListCursor other) {
    OptionalInt order = compareWith(other);
    return order.isPresent() && order.getAsInt() < 0;
  }

  @SuppressWarnings("unchecked")
  private static OptionalInt compare(Optional<?> one, Optional<?> two) {
    if (one.isEmpty() || two.isEmpty()) {
      return OptionalInt.empty();
    }
    if (one.get() instanceof Numbered first && two.get() instanceof Numbered second) {
      return first.prefix().equals(second.prefix())
          ? OptionalInt.of(first.number().compareTo(second.number()))
          : OptionalInt.empty();
    }
    return OptionalInt.of(((Comparable<Object>) one.get()).compareTo(two.get()));
  }

  private static Optional<BigDecimal> number(String text) {
    return NUMBER.matcher(text).matches() ? Optional.of(new BigDecimal(text)) : Optional.empty();
  }

  private record Numbered(String prefix, BigDecimal number) {}

  private static Optional<Numbered> numbered(String text) {
    Matcher matcher = NUMBERED.matcher(text);
    return matcher.matches()
        ? Optional.of(new Numbered(matcher.group(1), new BigDecimal(matcher.group(2))))
        : Optional.empty();
  }

  private static Optional<Instant> time(String text) {
    String iso = text.strip().replaceFirst("^(\\d{4}-\\d{2}-\\d{2}) ", "$1T");
    return Stream.<Function<String, Instant>>of(
            Instant::parse,
            one -> OffsetDateTime.parse(one).toInstant(),
            one ->
                OffsetDateTime.parse(one.replaceFirst("([+-]\\d\\d)(\\d\\d)$", "$1:$2"))
                    .toInstant(),
            one -> LocalDateTime.parse(one).toInstant(ZoneOffset.UTC),
            one -> LocalDate.parse(one).atStartOfDay().toInstant(ZoneOffset.UTC),
            one -> ZonedDateTime.parse(one, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant())
        .map(
            parser -> {
              try {
                return Optional.of(parser.apply(iso));
              } catch (DateTimeException e) {
                return Optional.<Instant>empty();
              }
            })
        .flatMap(Optional::stream)
        .findFirst();
  }
}
