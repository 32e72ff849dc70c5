package hub.provider.stripe;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Turns amounts in major units (12.34 dollars) exactly into what Stripe counts in, its minor units
 * (1234), and back. A currency has the digits of ISO 4217 but where Stripe has it otherwise.
 *
 * @see <a href="https://docs.stripe.com/currencies">Stripe: amounts, zero-decimal currencies,
 *     special cases</a>
 */
public final class Money {
  /** ISO gives the ariary two digits, Stripe none. */
  private static final Map<String, Integer> DIGITS = Map.of("MGA", 0);

  /** Have no fractions, yet Stripe counts them in hundredths: 5 ISK are 500. */
  private static final Map<String, Integer> EXPONENTS = Map.of("ISK", 2, "UGX", 2);

  /** Stripe takes twelve digits at most. */
  private static final BigDecimal LARGEST = new BigDecimal("999999999999");

  private static final Pattern DECIMAL = Pattern.compile("-?\\d{1,20}(\\.\\d{1,20})?");
  private static final int MAX_DIGITS = 40;

  private Money() {}

  /**
   * What Stripe is to be told.
   *
   * @param amount in major units: a decimal text or a number, above zero
   * @param currency ISO code, in upper or lower case
   * @throws ProblemException 400 payload-invalid for an unknown currency, and for an amount that is
   *     no number, not above zero, too large, or finer than the currency
   */
  public static long toMinor(Object amount, String currency) {
    String code = code(currency);
    BigDecimal major = decimal(amount);
    if (major.signum() <= 0) {
      throw invalid("amount must be above zero");
    }
    BigDecimal plain = major.stripTrailingZeros();
    if ((long) plain.precision() - plain.scale() > MAX_DIGITS) {
      throw tooLarge();
    }
    int digits = digits(code);
    if (plain.scale() > digits) {
      throw invalid(
          "amount has more digits than "
              + code
              + " has: "
              + (digits == 0 ? "none" : digits)
              + " behind the point");
    }
    BigDecimal minor = plain.scaleByPowerOfTen(exponent(code));
    if (minor.compareTo(LARGEST) > 0) {
      throw tooLarge();
    }
    return minor.longValueExact();
  }

  /**
   * What a caller is told.
   *
   * @param minor as Stripe counts; may be null
   * @return with all the currency's digits, {@code 12.30}; null for null, since an answer that
   *     lacks it must not undo a payment
   */
  public static String toMajor(Long minor, String currency) {
    if (minor == null) {
      return null;
    }
    String code = code(currency);
    BigDecimal major = BigDecimal.valueOf(minor).scaleByPowerOfTen(-exponent(code));
    // Fractions of a króna are charged no more, but old ones are still told.
    int digits = Math.max(digits(code), major.stripTrailingZeros().scale());
    return major.setScale(digits).toPlainString();
  }

  private static int digits(String code) {
    return DIGITS.getOrDefault(code, Currency.getInstance(code).getDefaultFractionDigits());
  }

  private static int exponent(String code) {
    return EXPONENTS.getOrDefault(code, digits(code));
  }

  private static String code(String currency) {
    String code = currency == null ? "" : currency.toUpperCase(Locale.ROOT);
    try {
      if (Currency.getInstance(code).getDefaultFractionDigits() >= 0) {
        return code;
      }
    } catch (IllegalArgumentException e) {
      // Told below, with gold and the test code, which are no money either.
    }
    throw invalid("currency must be a three-letter ISO code of a currency, such as usd");
  }

  private static BigDecimal decimal(Object amount) {
    if (amount instanceof BigDecimal number) {
      return number;
    }
    String text = String.valueOf(amount);
    if (!DECIMAL.matcher(text).matches()) {
      throw invalid("amount must be a decimal number such as \"12.34\"");
    }
    return new BigDecimal(text);
  }

  private static ProblemException tooLarge() {
    return invalid("amount is larger than Stripe takes: twelve digits of the smallest unit");
  }

  private static ProblemException invalid(String fault) {
    return new ProblemException(Problem.of(400, "payload-invalid", fault + "."));
  }
}
