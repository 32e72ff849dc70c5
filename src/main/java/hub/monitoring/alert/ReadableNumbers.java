package hub.monitoring.alert;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers as a person reads them. */
final class ReadableNumbers {
  private ReadableNumbers() {}

  /** Without a fraction where there is none, else with one digit of it. */
  static String text(double number) {
    return BigDecimal.valueOf(number)
        .setScale(1, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }
}
