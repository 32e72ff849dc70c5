package hub.provider.email;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import hub.testing.Certificate;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which servers get the login of SMTP_URL, and which do not. */
@Tag("long") // starts mail servers
class SmtpLoginTest {
  private static final Certificate LOCALHOST = Certificate.of("localhost");

  private static TestHub.Builder hub(String url) {
    return EmailHub.bySmtp(Store.H2, url)
        .with("hub.call.retries", "0")
        .with("hub.inbox.retry-delays-seconds", "600");
  }

  private static String url(String scheme, int port) {
    return scheme + "://" + MailServer.LOGIN + "@localhost:" + port;
  }

  @Test
  void smtps_believes_no_stranger() {
    try (MailServer server = MailServer.encrypted(LOCALHOST);
        TestHub hub = hub(url("smtps", server.port())).start()) {
      String id = EmailHub.queue(hub, EmailHub.mail("ada@example.com"));
      EmailHub.awaitStatus(hub, id, "retrying 1");

      assertThat(EmailHub.error(hub, id)).contains("unable to find valid certification path");
      assertThat(server.logins()).isEmpty();
    }
  }

  @Test
  void smtps_takes_the_login_of_the_address() throws Exception {
    System.setProperty("greenmail.tls.keystore.file", LOCALHOST.keystore().toString());
    System.setProperty("greenmail.tls.keystore.password", Certificate.PASSWORD);
    GreenMail server = new GreenMail(new ServerSetup(0, "localhost", ServerSetup.PROTOCOL_SMTPS));
    server.setUser(MailServer.USER, MailServer.USER, MailServer.PASSWORD);
    server.start();
    try (TestHub hub =
        LOCALHOST.believedBy(hub(url("smtps", server.getSmtps().getPort()))).start()) {
      String id = EmailHub.queue(hub, EmailHub.mail("ada@example.com"));
      EmailHub.awaitStatus(hub, id, "done 1");

      assertThat(server.getReceivedMessages()).hasSize(1);
      assertThat(server.getReceivedMessages()[0].getMessageID())
          .isEqualTo("<" + id + "@example.com>");
    } finally {
      server.stop();
      System.clearProperty("greenmail.tls.keystore.file");
      System.clearProperty("greenmail.tls.keystore.password");
    }
  }

  @Test
  void a_server_by_another_name_than_its_certificates_gets_nothing() {
    Certificate other = Certificate.of("mail.example.com");
    try (MailServer server = MailServer.guarded(other);
        TestHub hub = other.believedBy(hub(url("smtp", server.port()))).start()) {
      String id = EmailHub.queue(hub, EmailHub.mail("ada@example.com"));
      EmailHub.awaitStatus(hub, id, "retrying 1");

      assertThat(EmailHub.error(hub, id)).contains("name matching localhost found");
      assertThat(server.logins()).isEmpty();
    }
  }

  @Test
  void a_login_goes_in_the_clear_to_this_machine_alone() {
    String host = "0:0:0:0:0:ffff:7f00:1";
    try (MailServer server = MailServer.clear();
        TestHub near = hub(url("smtp", server.port())).start()) {
      EmailHub.awaitStatus(near, EmailHub.queue(near, EmailHub.mail("ada@example.com")), "done 1");
      assertThat(server.logins()).containsExactly(MailServer.USER);

      // An address that is not written as loopback stands for a remote one.
      try (TestHub far =
          hub("smtp://" + MailServer.LOGIN + "@[" + host + "]:" + server.port()).start()) {
        String id = EmailHub.queue(far, EmailHub.mail("ada@example.com"));
        EmailHub.awaitStatus(far, id, "retrying 1");

        assertThat(EmailHub.error(far, id)).contains("STARTTLS is required");
        assertThat(server.logins()).hasSize(1);
        assertThat(server.deliveries).hasSize(1);
      }
      try (TestHub insisting = hub(url("smtp", server.port()) + "?starttls=required").start()) {
        String id = EmailHub.queue(insisting, EmailHub.mail("ada@example.com"));
        EmailHub.awaitStatus(insisting, id, "retrying 1");

        assertThat(server.deliveries).hasSize(1);
      }
    }
  }

  @Test
  void a_wrong_password_names_the_variable_and_nobody_ever_sees_it() {
    try (MailServer server = MailServer.clear();
        LogLines calls = LogLines.of("hub.call");
        LogLines handled = LogLines.of("hub.handling");
        TestHub hub = hub("smtp://ada%40example.com:hunter2@localhost:" + server.port()).start()) {
      String id = EmailHub.queue(hub, EmailHub.mail("ada@example.com"));
      EmailHub.awaitStatus(hub, id, "retrying 1");

      assertThat(calls.lines()).hasSize(1);
      assertThat(calls.lines().get(0)).contains("SMTP_URL").contains("outcome=rejected");
      assertThat(calls.lines().toString() + handled.lines() + EmailHub.error(hub, id))
          .doesNotContain("hunter2");
      assertThat(hub.json("/api/admin/events/" + id).toString()).doesNotContain("hunter2");
    }
  }
}
