package hub.provider.email;

import hub.config.Setting;
import hub.config.Settings;
import hub.inbox.camel.SideAppend;
import hub.inbox.idempotency.IdempotencyKeys;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;
import org.apache.camel.CamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.jsse.SSLContextParameters;

/** Binds the beans that the routes in {@code routes/email} name. */
public final class EmailModule {
  private EmailModule() {}

  public static void install(CamelContext context, Settings settings) {
    Registry registry = context.getRegistry();
    EmailSettings email = new EmailSettings(settings, EmailTransports.of(context));
    SideAppend inbox = new SideAppend(context);
    IdempotencyKeys sent =
        registry.lookupByNameAndType(IdempotencyKeys.BEAN, IdempotencyKeys.class);
    Duration connect = Duration.ofSeconds(settings.count(Setting.CALL_CONNECT_SECONDS));
    settings.whenChanged(
        "SMTP_URL",
        url -> {
          SmtpServer unused = SmtpServer.of(url);
          return () -> {};
        });
    registry.bind("email", email);
    registry.bind("acceptMail", new QueueEmail(email));
    registry.bind(
        "suppression", new Suppression(() -> registry.findSingleByType(MeterRegistry.class)));
    Attachments attachments = new Attachments(settings, email);
    registry.bind("attachments", attachments);
    registry.bind("askForAttachment", attachments.ask());
    registry.bind("keepAttachment", attachments.keep());
    registry.bind("missAttachment", attachments.miss());
    registry.bind("checkAttachments", attachments.check());
    registry.bind("checkAttachmentTransport", attachments.checkTransport());
    registry.bind("queueNotice", new QueueNotice(email, inbox));
    registry.bind(EmailAction.INBOX, inbox);
    registry.bind("readMail", new ReadMail(email));
    registry.bind("smtpMessage", new SmtpMessage(email, sent));
    registry.bind("smtpSender", new SmtpSender(email, () -> tls(context), connect));
  }

  /** Trusts the certificate authorities of {@code camel.ssl.*} when set, else those of the JVM. */
  private static SSLSocketFactory tls(CamelContext context) {
    SSLContextParameters global = context.getSSLContextParameters();
    if (global == null) {
      return (SSLSocketFactory) SSLSocketFactory.getDefault();
    }
    try {
      return global.createSSLContext(context).getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw new RuntimeCamelException("camel.ssl.* cannot be used for SMTP", e);
    }
  }
}
