package hub.provider.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.Certificate;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import jakarta.mail.Message;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.subethamail.smtp.RejectException;

/** E-mail by SMTP against a real server. */
@Tag("postgres")
class EmailBySmtpTest {
  private static final Certificate LOCALHOST = Certificate.of("localhost");

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_email_goes_out_once_over_starttls_with_its_login(Store store) throws Exception {
    try (MailServer server = MailServer.guarded(LOCALHOST);
        TestHub hub =
            LOCALHOST
                .believedBy(
                    EmailHub.bySmtp(
                        store, "smtp://" + MailServer.LOGIN + "@localhost:" + server.port()))
                .start()) {
      String id =
          EmailHub.queue(
              hub,
              """
              {"to":["ada@example.com","bob@example.com"],"subject":"Grüße, 世界 🎉",
               "html":"<h1>Hi</h1><p>See <a href='https://example.com/x'>this</a> &amp; more</p><ul><li>one</li><li>two</li></ul>",
               "replyTo":"help@example.com"}
              """);
      EmailHub.awaitStatus(hub, id, "done 1");

      assertThat(server.deliveries).hasSize(1);
      MailServer.Delivery delivery = server.deliveries.get(0);
      assertThat(delivery.user()).contains(MailServer.USER);
      assertThat(delivery.from()).isEqualTo("hub@example.com");
      assertThat(delivery.recipients()).containsExactly("ada@example.com", "bob@example.com");
      assertThat(delivery.message().getSubject()).isEqualTo("Grüße, 世界 🎉");
      assertThat(delivery.message().getFrom()[0])
          .hasToString(
              new jakarta.mail.internet.InternetAddress("hub@example.com", "Zoë Ångström", "UTF-8")
                  .toString());
      assertThat(delivery.message().getReplyTo()[0]).hasToString("help@example.com");
      assertThat(delivery.message().getRecipients(Message.RecipientType.TO)).hasSize(2);
      assertThat(delivery.message().getMessageID()).isEqualTo("<" + id + "@example.com>");
      assertThat(delivery.message().getContentType()).startsWith("multipart/alternative");
      assertThat(delivery.part(0))
          .isEqualToNormalizingNewlines(
              "Hi\n\nSee this (https://example.com/x) & more\n\n- one\n- two");
      assertThat(delivery.part(1)).contains("<h1>Hi</h1>");
    }
  }

  @Test
  void what_is_refused_for_good_is_parked_at_once() {
    try (MailServer server = MailServer.open();
        TestHub hub = EmailHub.bySmtp(Store.H2, "smtp://localhost:" + server.port()).start();
        LogLines calls = LogLines.of("hub.call")) {
      server.refusals.put("nobody@example.com", new RejectException(550, "5.1.1 no such user"));

      String id = EmailHub.queue(hub, EmailHub.mail("nobody@example.com"));
      EmailHub.awaitStatus(hub, id, "dead 1");

      assertThat(EmailHub.error(hub, id)).contains("550 5.1.1 no such user");
      assertThat(calls.lines()).hasSize(1);
      assertThat(calls.lines().get(0)).contains("provider=smtp", "status=550", "outcome=rejected");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void whoever_got_it_does_not_get_it_again_when_others_are_refused(Store store) {
    try (MailServer server = MailServer.open();
        TestHub hub =
            EmailHub.bySmtp(store, "smtp://localhost:" + server.port())
                .with("hub.call.retries", "0")
                .start()) {
      server.refusals.put("busy@example.com", new RejectException(451, "4.7.1 try later"));
      server.refusals.put("gone@example.com", new RejectException(550, "5.1.1 gone"));
      String id =
          EmailHub.queue(
              hub,
              EmailHub.mail("ada@example.com")
                  .replace(
                      "\"ada@example.com\"",
                      "[\"ada@example.com\",\"busy@example.com\",\"gone@example.com\"]"));
      await().until(() -> EmailHub.status(hub, id).startsWith("retrying"));
      server.refusals.remove("busy@example.com");
      EmailHub.awaitStatus(hub, id, "dead 2");

      assertThat(EmailHub.error(hub, id)).contains("550 5.1.1 gone");
      assertThat(server.deliveries).hasSize(2);
      assertThat(server.deliveries.get(0).recipients()).containsExactly("ada@example.com");
      assertThat(server.deliveries.get(1).recipients()).containsExactly("busy@example.com");

      server.refusals.clear();
      assertThat(hub.operate("/api/admin/events/" + id + "/replay", "").statusCode())
          .isEqualTo(202);
      EmailHub.awaitStatus(hub, id, "done 1");
      assertThat(server.deliveries).hasSize(3);
      assertThat(server.deliveries.get(2).recipients()).containsExactly("gone@example.com");
    }
  }

  @Test
  void what_a_server_cannot_do_for_now_is_done_later() {
    try (MailServer server = MailServer.open();
        TestHub hub =
            EmailHub.bySmtp(Store.H2, "smtp://localhost:" + server.port())
                .with("hub.inbox.retry-delays-seconds", "0")
                .with("hub.call.retries", "0")
                .start()) {
      server.refusals.put("DATA", new RejectException(452, "4.3.1 disk is full"));
      String id = EmailHub.queue(hub, EmailHub.mail("ada@example.com"));
      EmailHub.awaitStatus(hub, id, "dead 2");

      assertThat(EmailHub.error(hub, id)).contains("452 4.3.1 disk is full");
    }
  }
}
