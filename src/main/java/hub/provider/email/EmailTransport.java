package hub.provider.email;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The ways to send e-mail, each with the variable that it needs. */
public enum EmailTransport {
  SMTP("SMTP_URL"),
  RESEND("RESEND_API_KEY"),
  SENDGRID("SENDGRID_API_KEY");

  private final String variable;

  EmailTransport(String variable) {
    this.variable = variable;
  }

  /** The variable without which this transport cannot work. */
  String variable() {
    return variable;
  }

  /** As {@code EMAIL_TRANSPORT} writes it, {@code smtp}. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The transport that {@code EMAIL_TRANSPORT} names; empty when there is none of that name. */
  static Optional<EmailTransport> named(String text) {
    return Arrays.stream(values()).filter(transport -> transport.text().equals(text)).findFirst();
  }

  /** All values of {@code EMAIL_TRANSPORT}. */
  public static List<String> names() {
    return Arrays.stream(values()).map(EmailTransport::text).toList();
  }
}
