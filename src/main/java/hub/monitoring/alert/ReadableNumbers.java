package hub.monitoring.alert;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Formats numbers for people. */
final class ReadableNumbers {
  private ReadableNumbers() {}

  /** With one decimal place at most, and none for a whole number. */
  static String text(double number) {
    return BigDecimal.valueOf(number)
        .setScale(1, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }
}
