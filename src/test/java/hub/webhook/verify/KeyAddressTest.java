package hub.webhook.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses of keys are the sender's. */
class KeyAddressTest {
  private static final List<SenderHost> HOSTS =
      List.of(
          SenderHost.of("api.acme.example"),
          SenderHost.of("keys.*.acme.example"),
          SenderHost.of("127.0.0.1"));

  private static Optional<KeyAddress> said(String address) {
    return KeyAddress.said(address, HOSTS);
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.acme.example/a.pem, https://api.acme.example/a.pem, api.acme.example",
    "HTTPS://API.Acme.Example/A.pem, https://api.acme.example/A.pem, api.acme.example",
    "https://api.acme.example:443/a.pem, https://api.acme.example/a.pem, api.acme.example",
    "https://api.acme.example/a.pem#top, https://api.acme.example/a.pem, api.acme.example",
    "https://api.acme.example/a%2Fb?c=%20, https://api.acme.example/a%2Fb?c=%20, api.acme.example",
    "https://api.acme.example, https://api.acme.example/, api.acme.example",
    "https://keys.eu-1.acme.example/a, https://keys.eu-1.acme.example/a, keys.*.acme.example",
    "http://127.0.0.1:8081/a, http://127.0.0.1:8081/a, 127.0.0.1",
    "http://127.0.0.1:80/a, http://127.0.0.1/a, 127.0.0.1",
  })
  void an_address_of_the_sender_has_one_form(String address, String url, String host) {
    assertThat(said(address)).hasValue(new KeyAddress(url, host, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "api.acme.example/a.pem",
        "//api.acme.example/a.pem",
        "https:/api.acme.example/a.pem",
        "http://api.acme.example/a.pem",
        "ftp://api.acme.example/a.pem",
        "file:///etc/passwd",
        "jar:https://api.acme.example/a.jar!/a.pem",
        "https://api.acme.example:8443/a.pem",
        "https://api.acme.example:80/a.pem",
        "https://api.acme.example:99999/a.pem",
        "https://127.0.0.1:8081/a",
        "https://user@api.acme.example/a.pem",
        "https://@api.acme.example/a.pem",
        "https://api.acme.example@evil.example/a.pem",
        "https://api.acme.example%40evil.example/a.pem",
        "https://api.acme.example\\@evil.example/a.pem",
        "https://evil.example/https://api.acme.example/a.pem",
        "https://evil.example?https://api.acme.example/a.pem",
        "https://evil.example#@api.acme.example/a.pem",
        "https://api.acme.example.evil.example/a.pem",
        "https://evilapi.acme.example/a.pem",
        "https://api.acme.example./a.pem",
        "https://apiXacme.example/a.pem",
        "https://keys.acme.example/a",
        "https://keys.a.b.acme.example/a",
        "https://keys..acme.example/a",
        "https://keys.a/b.acme.example/a",
        "https://api.аcme.example/a.pem",
        "https://api。acme。example/a.pem",
        "https://xn--api-acme.example/a.pem",
        "https://[::1]/a",
        "http://127.0.0.1.evil.example/a",
        "http://127.1/a",
        "http://2130706433/a",
        "http://0x7f.0.0.1/a",
        "http://127.0.0.1:0/a",
        "https://api.acme.example/a b.pem",
        "https://api.acme.example/a.pem\r\nHost: evil.example",
        " https://api.acme.example/a.pem",
      })
  void an_address_of_somebody_else_is_none(String address) {
    assertThat(said(address)).isEmpty();
  }

  @Test
  void a_long_address_is_none() {
    String address = "https://api.acme.example/";

    assertThat(said(address + "a".repeat(2_048 - address.length()))).isPresent();
    assertThat(said(address + "a".repeat(2_049 - address.length()))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://idp.acme.example:8443/keys",
        "https://10.0.0.7/keys",
        "http://localhost:9000/keys",
        "http://[::1]:9000/keys",
        "http://127.0.0.1:9000/keys",
      })
  void what_a_scheme_writes_may_be_any_host_and_port(String url) {
    assertThat(KeyAddress.written(url))
        .hasValueSatisfying(it -> assertThat(it.url()).isEqualTo(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://idp.acme.example/keys",
        "http://127.0.0.256/keys",
        "https://user:password@idp.acme.example/keys",
        "https://not set/keys",
        "https:///keys",
      })
  void what_a_scheme_writes_is_secure(String url) {
    assertThat(KeyAddress.written(url)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem, true",
    "https://sns.us-gov-west-1.amazonaws.com/SimpleNotificationService-1.pem, true",
    "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-1.pem, true",
    "https://sns.s3.amazonaws.com/SimpleNotificationService-1.pem, false",
    "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-1.pem, false",
    "https://sns.s3-accelerate.amazonaws.com/SimpleNotificationService-1.pem, false",
    "https://sns.cn-north-1.amazonaws.com/SimpleNotificationService-1.pem, false",
    "https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem, false",
  })
  void a_bucket_that_is_named_sns_is_not_the_service(String address, boolean taken) {
    List<SenderHost> hosts =
        Shipped.SCHEMES.named("aws-sns").orElseThrow().keys().hosts().stream()
            .map(SenderHost::of)
            .toList();

    assertThat(KeyAddress.said(address, hosts).isPresent()).isEqualTo(taken);
  }
}
