package hub.provider.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpServerTest {
  @Test
  void user_and_password_are_percent_decoded_and_not_printed() {
    SmtpServer server =
        SmtpServer.of("smtps://ada%40example.com:p%40s%3As+w%2Frd@mail.example.com");

    assertThat(server.user()).contains("ada@example.com");
    assertThat(server.password()).contains("p@s:s+w/rd");
    assertThat(server.port()).isEqualTo(465);
    assertThat(server).hasToString("smtps://mail.example.com:465");
  }

  @ParameterizedTest
  @CsvSource({
    "smtp://u:p@mail.example.com, true",
    "smtp://u:p@mail.example.com:25?starttls=required, true",
    "smtp://mail.example.com, false",
    "smtp://mail.example.com?starttls=required, true",
    "smtp://u:p@localhost:25, false",
    "smtp://u:p@127.0.0.1:25, false",
    "smtp://u:p@[::1]:25, false",
    "smtp://u:p@localhost.example.com:25, true",
    "smtp://u:p@127.0.0.1.example.com:25, true",
    "smtp://u:p@localhost:25?starttls=required, true",
    "smtps://u:p@mail.example.com, false"
  })
  void a_login_far_away_needs_starttls(String url, boolean needs) {
    assertThat(SmtpServer.of(url).needsStartTls()).isEqualTo(needs);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mail.example.com:25",
        "http://hunter2@mail.example.com",
        "smtp://",
        "smtp://u:hunter2",
        "smtp://ada@example.com:hunter2@mail.example.com",
        "smtp://u:hunter2@a b",
        "smtp://hunter2@mail.example.com",
        "smtp://u:hunter2@mail.example.com?starttls=never",
        "smtp://u:hunter2%zz@mail.example.com"
      })
  void what_cannot_be_read_says_so_without_the_password(String url) {
    assertThatThrownBy(() -> SmtpServer.of(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
  }
}
