package hub.provider.stripe;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Converts amounts between major units (12.34 dollars) and Stripe's minor units (1234), exactly. A
 * currency has the digits of ISO 4217, with Stripe's exceptions.
 *
 * @see <a href="https://docs.stripe.com/currencies">Stripe: amounts, zero-decimal currencies,
 *     special cases</a>
 */
public final class Money {
  /** ISO 4217 gives the ariary two digits, Stripe none. */
  private static final Map<String, Integer> DIGITS = Map.of("MGA", 0);

  /** Currencies without fractions that Stripe counts in hundredths: 5 ISK are 500. */
  private static final Map<String, Integer> EXPONENTS = Map.of("ISK", 2, "UGX", 2);

  /** Stripe accepts at most twelve digits. */
  private static final BigDecimal LARGEST = new BigDecimal("999999999999");

  private static final Pattern DECIMAL = Pattern.compile("-?\\d{1,20}(\\.\\d{1,20})?");
  private static final int MAX_DIGITS = 40;

  private Money() {}

  /**
   * Converts an amount for Stripe.
   *
   * @param amount in major units: a decimal text or a number, above zero
   * @param currency ISO code, in upper or lower case
   * @throws ProblemException 400 payload-invalid for an unknown currency, and for an amount that is
   *     not a number, not above zero, too large, or has more digits than the currency
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
   * Converts an amount of Stripe's for a caller.
   *
   * @param minor in Stripe's minor units; may be null
   * @return with all the currency's digits, {@code 12.30}; null for null, because a missing amount
   *     in a response must not make a payment fail
   */
  public static String toMajor(Long minor, String currency) {
    if (minor == null) {
      return null;
    }
    String code = code(currency);
    BigDecimal major = BigDecimal.valueOf(minor).scaleByPowerOfTen(-exponent(code));
    // Stripe charges no fractions of a króna any more, but old amounts may have them.
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
      // Reported below, like gold and the test code, which are not currencies of payments either.
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
