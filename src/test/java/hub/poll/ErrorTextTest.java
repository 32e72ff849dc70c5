package hub.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class ErrorTextTest {
  @Test
  void an_address_is_shown_as_its_host() {
    String text = "";
    try {
      URI.create("https://key@api.example.com:8443/s3cret/list?token=s3cret and more");
    } catch (IllegalArgumentException e) {
      text = ErrorText.of(e);
    }
    assertThat(text)
        .startsWith("java.lang.IllegalArgumentException: ")
        .contains("https://api.example.com:8443/…")
        .doesNotContain("s3cret", "key@");
    assertThat(ErrorText.of(new IllegalStateException("no page of https://api.example.com")))
        .endsWith("no page of https://api.example.com");
  }
}
