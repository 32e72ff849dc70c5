package hub.provider.email;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import hub.config.Settings;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SmtpProbeTest {
  private static Optional<String> fault(String url) {
    return SmtpProbe.fault(
        new Settings(name -> Optional.of(url).filter(value -> name.equals("SMTP_URL"))));
  }

  @Test
  void a_login_is_tried_and_no_mail_is_sent() {
    GreenMail server = new GreenMail(new ServerSetup(0, "localhost", ServerSetup.PROTOCOL_SMTP));
    server.setUser(MailServer.USER, MailServer.USER, MailServer.PASSWORD);
    server.start();
    try {
      String at = "@localhost:" + server.getSmtp().getPort();

      assertThat(fault("smtp://" + MailServer.LOGIN + at)).isEmpty();
      assertThat(fault("smtp://ada%40example.com:wrong-password" + at))
          .hasValueSatisfying(
              text ->
                  assertThat(text).contains("refuses user or password").doesNotContain("wrong"));
      assertThat(fault("smtp://" + MailServer.LOGIN + at + "?starttls=required"))
          .hasValueSatisfying(text -> assertThat(text).contains("STARTTLS"));
      assertThat(server.getReceivedMessages()).isEmpty();
    } finally {
      server.stop();
    }
  }

  @Test
  void a_server_that_is_not_there_is_told() {
    assertThat(fault("smtp://localhost:1"))
        .hasValueSatisfying(text -> assertThat(text).contains("takes no connection"));
    assertThat(fault("")).isPresent();
  }
}
