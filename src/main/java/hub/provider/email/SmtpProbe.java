package hub.provider.email;

import hub.config.Setting;
import hub.config.Settings;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;

/** Greets and logs in at the mail server once, as for an e-mail, and sends none. */
public final class SmtpProbe {
  private SmtpProbe() {}

  /**
   * What is wrong, with the remedy and without a secret; empty when the server takes the login.
   * Trusts the certificate authorities of the JVM.
   */
  public static Optional<String> fault(Settings settings) {
    SmtpServer server;
    try {
      server = SmtpServer.of(settings.named("SMTP_URL").orElse(""));
    } catch (IllegalArgumentException e) {
      return Optional.of("SMTP_URL " + e.getMessage());
    }
    SmtpSender sender =
        new SmtpSender(
            new EmailSettings(settings),
            () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
            Duration.ofSeconds(settings.count(Setting.CALL_CONNECT_SECONDS)));
    try {
      sender.login(server, Duration.ofSeconds(settings.count(Setting.CALL_ATTEMPT_SECONDS)));
      return Optional.empty();
    } catch (AuthenticationFailedException e) {
      return Optional.of(server + " refuses user or password; check SMTP_URL");
    } catch (MessagingException e) {
      return Optional.of(
          server
              + " takes no connection ("
              + reason(e)
              + "); check host, port and whether it offers TLS");
    }
  }

  private static String reason(MessagingException failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null
        ? cause.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
