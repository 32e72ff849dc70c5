package hub.provider.email;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.camel.component.mail.DefaultJavaMailSender;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/**
 * Sends an {@link OutgoingMail} to the server of SMTP_URL, over a new connection with a total time
 * limit. Sends credentials only over an encrypted connection, or to this machine. In the registry
 * as {@code smtpSender}, for the option {@code javaMailSender} of {@code smtp:}, so that no
 * endpoint address contains a password. Thread-safe.
 */
final class SmtpSender extends DefaultJavaMailSender {
  private final EmailSettings settings;
  private final Supplier<SSLSocketFactory> tls;
  private final Duration connect;

  /**
   * @param tls decides which servers are trusted
   * @param connect limit for connecting
   */
  SmtpSender(EmailSettings settings, Supplier<SSLSocketFactory> tls, Duration connect) {
    this.settings = settings;
    this.tls = tls;
    this.connect = connect;
  }

  @Override
  public void send(MimeMessage message) throws MessagingException {
    OutgoingMail mail = (OutgoingMail) message;
    if (mail.envelope().length == 0) {
      return;
    }
    SmtpServer server = settings.smtpServer();
    try (SmtpSockets sockets = new SmtpSockets(mail.within())) {
      try {
        send(mail, server, sockets);
      } catch (SendFailedException e) {
        if (e.getValidSentAddresses() != null && e.getValidSentAddresses().length > 0) {
          mail.acceptedFor(List.of(e.getValidSentAddresses()));
        }
        throw e;
      } catch (AuthenticationFailedException e) {
        // Some servers repeat the credentials in their answer.
        throw sockets.timedOut().orElse(e.getCause() == null ? codeOnly(e) : e);
      } catch (MessagingException e) {
        throw sockets.timedOut().orElse(e);
      }
    }
  }

  private static MessagingException codeOnly(AuthenticationFailedException e) {
    String text = String.valueOf(e.getMessage()).strip();
    return new AuthenticationFailedException(
        text.matches("(?s)\\d{3}.*") ? text.substring(0, 3) : "");
  }

  private void send(OutgoingMail mail, SmtpServer server, SmtpSockets sockets)
      throws MessagingException {
    // Closing sends QUIT; the e-mail is accepted by then, so there is no wait for the answer.
    try (SMTPTransport transport = transport(server, mail.within(), sockets)) {
      login(transport, server, sockets);
      transport.sendMessage(mail, mail.envelope());
    }
  }

  /**
   * Connects and logs in as for an e-mail, and sends none.
   *
   * @throws AuthenticationFailedException when user or password are refused
   * @throws MessagingException when there is no connection, or none that may carry a password
   */
  void login(SmtpServer server, Duration within) throws MessagingException {
    try (SmtpSockets sockets = new SmtpSockets(within);
        SMTPTransport transport = transport(server, within, sockets)) {
      login(transport, server, sockets);
    }
  }

  private SMTPTransport transport(SmtpServer server, Duration within, SmtpSockets sockets) {
    return new Login(Session.getInstance(properties(server, within, sockets)), server);
  }

  private void login(SMTPTransport transport, SmtpServer server, SmtpSockets sockets)
      throws MessagingException {
    if (server.tls()) {
      transport.connect(connect(server, sockets));
    } else {
      transport.connect(server.host(), server.port(), null, null);
    }
  }

  /** Opens a connection with TLS from the first byte, and checks the server's name. */
  private Socket connect(SmtpServer server, SmtpSockets sockets) throws MessagingException {
    try {
      Socket socket = sockets.createSocket();
      socket.connect(new InetSocketAddress(server.host(), server.port()), (int) connect.toMillis());
      SSLSocket secure =
          (SSLSocket) tls.get().createSocket(socket, server.host(), server.port(), true);
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      secure.startHandshake();
      return secure;
    } catch (IOException e) {
      throw new MessagingException("no connection to " + server, e);
    }
  }

  private Properties properties(SmtpServer server, Duration within, SmtpSockets sockets) {
    String millis = Long.toString(Math.max(1, within.toMillis()));
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.timeout", millis);
    properties.setProperty(
        "mail.smtp.connectiontimeout",
        Long.toString(Math.max(1, Math.min(within.toMillis(), connect.toMillis()))));
    properties.setProperty("mail.smtp.auth", Boolean.toString(server.hasCredentials()));
    properties.setProperty("mail.smtp.starttls.enable", "true");
    properties.setProperty("mail.smtp.starttls.required", "" + server.needsStartTls());
    properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    properties.setProperty("mail.smtp.socketFactory.fallback", "false");
    // A rejected recipient does not keep the e-mail from the others.
    properties.setProperty("mail.smtp.sendpartial", "true");
    properties.setProperty("mail.smtp.quitwait", "false");
    properties.put("mail.smtp.socketFactory", sockets);
    properties.put("mail.smtp.ssl.socketFactory", tls.get());
    return properties;
  }

  /** Logs in without user and password in properties. */
  private static final class Login extends SMTPTransport {
    private final SmtpServer server;

    Login(Session session, SmtpServer server) {
      super(session, null);
      this.server = server;
    }

    @Override
    protected boolean protocolConnect(String host, int port, String user, String password)
        throws MessagingException {
      return super.protocolConnect(
          server.host(), server.port(), server.user().orElse(null), server.password().orElse(null));
    }
  }
}
