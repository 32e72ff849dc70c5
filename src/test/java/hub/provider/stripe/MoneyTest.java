package hub.provider.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.http.problem.ProblemException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {
  /** The exceptions in Stripe's list. */
  private static final Set<String> ZERO_DECIMAL =
      Set.of(
          "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
          "XOF", "XPF");

  private static final Set<String> THREE_DECIMAL = Set.of("BHD", "JOD", "KWD", "OMR", "TND");

  /** All currencies in which Stripe accepts payments. */
  private static List<String> stripesCurrencies() {
    return Arrays.asList(
        ("USD AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BWP "
                + "BYN BZD CAD CDF CHF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP "
                + "GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS "
                + "KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR "
                + "MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON "
                + "RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TND TOP TRY TTD "
                + "TWD TZS UAH UGX UYU UZS VND VUV WST XAF XCD XOF XPF YER ZAR ZMW")
            .split(" "));
  }

  @ParameterizedTest
  @MethodSource("stripesCurrencies")
  void every_currency_of_stripes_is_counted_as_stripe_counts_it(String currency) {
    long unit = ZERO_DECIMAL.contains(currency) ? 1 : THREE_DECIMAL.contains(currency) ? 1000 : 100;

    assertThat(Money.toMinor("7", currency)).isEqualTo(7 * unit);
    assertThat(new BigDecimal(Money.toMajor(7 * unit, currency))).isEqualByComparingTo("7");
  }

  @Test
  void every_currency_of_iso_comes_back_as_it_went() {
    Currency.getAvailableCurrencies().stream()
        .filter(currency -> currency.getDefaultFractionDigits() >= 0)
        .map(Currency::getCurrencyCode)
        .forEach(
            code -> {
              long minor = Money.toMinor("123", code);
              String major = Money.toMajor(minor, code);
              assertThat(Money.toMinor(major, code)).as(code).isEqualTo(minor);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "12.34,usd,1234,12.34",
    "0.5,usd,50,0.50",
    "0.01,USD,1,0.01",
    "19.99,eur,1999,19.99",
    "0.29,eur,29,0.29",
    "1.10,eur,110,1.10",
    "10.000,usd,1000,10.00",
    "007,usd,700,7.00",
    "500,jpy,500,500",
    "500.0,jpy,500,500",
    "1.234,kwd,1234,1.234",
    "5,kwd,5000,5.000",
    "5,isk,500,5",
    "5,ugx,500,5",
    "5,mga,5,5",
    "10.45,huf,1045,10.45",
    "800.45,twd,80045,800.45",
    "9999999999.99,idr,999999999999,9999999999.99",
    "999999999999,jpy,999999999999,999999999999"
  })
  void an_amount_is_turned_exactly_and_back(
      String amount, String currency, long minor, String back) {
    assertThat(Money.toMinor(amount, currency)).isEqualTo(minor);
    assertThat(Money.toMinor(new BigDecimal(amount), currency)).isEqualTo(minor);
    assertThat(Money.toMajor(minor, currency)).isEqualTo(back);
  }

  @Test
  void numbers_of_every_kind_are_taken() {
    assertThat(Money.toMinor(12, "usd")).isEqualTo(1200);
    assertThat(Money.toMinor(12L, "usd")).isEqualTo(1200);
    assertThat(Money.toMinor(BigInteger.TEN, "usd")).isEqualTo(1000);
    assertThat(Money.toMinor(new BigDecimal("1.2E+1"), "usd")).isEqualTo(1200);
    assertThat(Money.toMinor(0.29, "usd")).isEqualTo(29);
  }

  @Test
  void old_fractions_of_what_has_none_are_told_as_they_are() {
    assertThat(Money.toMajor(550L, "isk")).isEqualTo("5.5");
  }

  @Test
  void nothing_is_told_of_nothing() {
    assertThat(Money.toMajor(null, null)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "10.005,usd,more digits",
    "0.001,usd,more digits",
    "1.5,jpy,more digits",
    "1.5,isk,more digits",
    "1.5,ugx,more digits",
    "1.5,mga,more digits",
    "1.2345,kwd,more digits",
    "0,usd,above zero",
    "0.00,usd,above zero",
    "-1,usd,above zero",
    "-0.01,usd,above zero",
    "10000000000.00,usd,larger",
    "1000000000000,jpy,larger",
    "99999999999999999999,usd,larger",
    "999999999999999999999999999999999,usd,decimal number",
    "NaN,usd,decimal number",
    "Infinity,usd,decimal number",
    "1e30,usd,decimal number",
    "'1,000',usd,decimal number",
    "' 1',usd,decimal number",
    "1.,usd,decimal number",
    ".5,usd,decimal number",
    "0x10,usd,decimal number",
    "１２,usd,decimal number",
    "'',usd,decimal number",
    "1,zzz,currency",
    "1,xau,currency",
    "1,xxx,currency",
    "1,us,currency",
    "1,'',currency",
    "1,usdc,currency"
  })
  void what_cannot_be_charged_exactly_is_refused(String amount, String currency, String fault) {
    assertThatThrownBy(() -> Money.toMinor(amount, currency))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("payload-invalid")
        .hasMessageContaining(fault);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1E+30", "1E+999999999", "1E-999999999", "1.5E-5", "-1E+999999999"})
  void numbers_of_any_size_are_refused_at_once(String number) {
    assertThatThrownBy(() -> Money.toMinor(new BigDecimal(number), "usd"))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("payload-invalid");
  }

  @Test
  void floats_that_are_no_numbers_and_nothing_at_all_are_refused() {
    for (Object amount : Arrays.asList(Double.NaN, Double.POSITIVE_INFINITY, 1e30, null, true)) {
      assertThatThrownBy(() -> Money.toMinor(amount, "usd")).isInstanceOf(ProblemException.class);
    }
    assertThatThrownBy(() -> Money.toMinor("1", null)).isInstanceOf(ProblemException.class);
  }
}
