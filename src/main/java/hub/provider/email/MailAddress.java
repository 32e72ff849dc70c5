package hub.provider.email;

import java.net.IDN;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A bare e-mail address, {@code ada@example.com}: no display name, no comment, no quotes, so that
 * nothing in it can become part of a header. A domain with other letters than ASCII is converted to
 * its ASCII form.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1">RFC 5321: lengths</a>
 */
final class MailAddress {
  private static final int MAX_LOCAL = 64;
  private static final int MAX_ALL = 254;

  private static final Pattern LOCAL =
      Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*");

  private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  private static final Pattern DOMAIN = Pattern.compile(LABEL + "(\\." + LABEL + ")*");

  private MailAddress() {}

  /** The address in ASCII, as sent; empty when {@code text} is not an address. */
  static Optional<String> of(String text) {
    int at = text.lastIndexOf('@');
    if (at < 1 || at > MAX_LOCAL || text.length() > 2 * MAX_ALL) {
      return Optional.empty();
    }
    String local = text.substring(0, at);
    return ascii(text.substring(at + 1))
        .filter(domain -> LOCAL.matcher(local).matches() && DOMAIN.matcher(domain).matches())
        .map(domain -> local + "@" + domain)
        .filter(address -> address.length() <= MAX_ALL);
  }

  private static Optional<String> ascii(String domain) {
    try {
      return Optional.of(IDN.toASCII(domain, IDN.USE_STD3_ASCII_RULES));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
