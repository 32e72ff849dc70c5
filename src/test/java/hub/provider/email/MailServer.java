package hub.provider.email;

import hub.testing.Certificate;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.subethamail.smtp.MessageContext;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.server.SMTPServer;

/** A real SMTP server that keeps the e-mails it receives, and rejects what a test says. */
public final class MailServer implements AutoCloseable {
  static final String USER = "ada@example.com";
  static final String PASSWORD = "p@ss:w/ord+%";

  /** As SMTP_URL must write them. */
  static final String LOGIN = "ada%40example.com:p%40ss%3Aw%2Ford+%25";

  /**
   * An e-mail that arrived.
   *
   * @param secure whether it came over TLS
   */
  public record Delivery(
      String from, List<String> recipients, Optional<String> user, boolean secure, byte[] bytes) {
    public MimeMessage message() {
      try {
        return new MimeMessage((Session) null, new ByteArrayInputStream(bytes));
      } catch (MessagingException e) {
        throw new IllegalStateException(e);
      }
    }

    /** The text of one part of multipart/alternative, from 0. */
    public String part(int index) {
      try {
        return (String) ((MimeMultipart) message().getContent()).getBodyPart(index).getContent();
      } catch (MessagingException | IOException e) {
        throw new IllegalStateException(e);
      }
    }

    String raw() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  public final List<Delivery> deliveries = new CopyOnWriteArrayList<>();

  /** Code and text by recipient, {@code MAIL} for the sender, {@code DATA} for the content. */
  final Map<String, RejectException> refusals = new ConcurrentHashMap<>();

  final List<String> logins = new CopyOnWriteArrayList<>();
  private final SMTPServer server;

  private MailServer(SMTPServer.Builder builder) {
    server = builder.messageHandlerFactory(Handler::new).build();
    server.start();
  }

  /** Accepts everything from everybody. */
  public static MailServer open() {
    return new MailServer(SMTPServer.port(0));
  }

  /** Accepts everything, slowly. */
  public static MailServer slow(int millis) {
    MailServer server = open();
    server.delayMillis = millis;
    return server;
  }

  /** Asks for a login, and accepts none before STARTTLS. */
  static MailServer guarded(Certificate certificate) {
    return withLogin(
        SMTPServer.port(0).enableTLS().requireTLS().startTlsSocketFactory(certificate.serving()));
  }

  /** Asks for a login and offers no STARTTLS. */
  static MailServer clear() {
    return withLogin(SMTPServer.port(0));
  }

  /** Asks for a login, encrypted from the first byte. */
  static MailServer encrypted(Certificate certificate) {
    return withLogin(SMTPServer.port(0).serverSocketFactory(certificate.serving()));
  }

  private static MailServer withLogin(SMTPServer.Builder builder) {
    List<String> logins = new CopyOnWriteArrayList<>();
    MailServer made =
        new MailServer(
            builder
                .requireAuth()
                .authenticationHandlerFactory(
                    new EasyAuthenticationHandlerFactory(
                        (user, password, context) -> {
                          logins.add(user);
                          if (!user.equals(USER) || !password.equals(PASSWORD)) {
                            throw new LoginFailedException();
                          }
                        })));
    made.loginsOf = logins;
    return made;
  }

  private List<String> loginsOf = logins;
  private volatile int delayMillis;

  List<String> logins() {
    return loginsOf;
  }

  public int port() {
    return server.getPortAllocated();
  }

  private final class Handler implements MessageHandler {
    private final MessageContext context;
    private final List<String> recipients = new ArrayList<>();
    private String from;

    Handler(MessageContext context) {
      this.context = context;
    }

    @Override
    public void from(String sender) throws RejectException {
      refuse("MAIL");
      from = sender;
    }

    @Override
    public void recipient(String address) throws RejectException {
      refuse(address);
      recipients.add(address);
    }

    private void refuse(String what) throws RejectException {
      RejectException refusal = refusals.get(what);
      if (refusal != null) {
        throw refusal;
      }
    }

    @Override
    public String data(InputStream in) throws RejectException {
      try {
        byte[] bytes = in.readAllBytes();
        Thread.sleep(delayMillis);
        refuse("DATA");
        Optional<String> user =
            context.getAuthenticationHandler().map(login -> login.getIdentity().toString());
        boolean secure = context.getTlsPeerCertificates() != null || isSecure();
        deliveries.add(new Delivery(from, List.copyOf(recipients), user, secure, bytes));
        return "kept";
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RejectException(421, "stopping");
      }
    }

    /** Logs in over TLS only, when the server demands it. */
    private boolean isSecure() {
      return server.getRequireTLS();
    }

    @Override
    public void done() {
      recipients.clear();
    }
  }

  @Override
  public void close() {
    server.stop();
  }
}
